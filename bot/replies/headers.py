"""Header values of the mails that go out, built from values that strangers sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from routing import subjects
from routing.email import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_REFERENCES: Final = 20
LONGEST_REFERENCES: Final = 900
"""Characters; RFC 5322, 2.1.1 ends a line at 998."""
LONGEST_SUBJECT: Final = 200

_IDENTIFIER = re.compile(r"<[!-;=?-~]+>")


def safe(value: str) -> str:
    """Text for a header: on one line, and with no encoded word, which the mail library would decode again."""
    return clean_line(value).replace("=?", "= ?")


def bare_subject(subject: str, *, reference: str) -> str:
    """A subject without reply prefixes and without ticket references of our own, cut to `LONGEST_SUBJECT`."""
    prefix = reference.rpartition("-")[0]
    own = rf"\s*\[{re.escape(prefix)}-\d+\](?:\s*\([a-z2-7]{{6}}\))?"
    without_reference = re.sub(own, "", safe(subject), flags=re.IGNORECASE)
    bare = subjects.bare(without_reference)
    return bare if len(bare) <= LONGEST_SUBJECT else bare[: LONGEST_SUBJECT - 1].rstrip() + "…"


def message_id(*, outbox_id: int, mark: str, kind: str, domain: str) -> str:
    """The Message-ID of an outbox entry: the same at every attempt, so that a repeated mail is seen as one.

    Args:
        outbox_id: The entry's row.
        mark: What makes it hard to guess: a bounce that names it can only come from who got the mail.
        kind: What is sent, such as `acknowledgement`.
        domain: The desk's own.
    """
    return f"<deskbell.{kind}.{outbox_id}.{mark}@{domain}>"


def references(ancestors: Iterable[str], *, parent: str | None) -> tuple[str, ...]:
    """The References of an answer (RFC 5322, 3.6.4): those of the mail that is answered, then its own id.

    Ids that cannot stand in a header are left out. Of a long chain the first and the newest remain.
    """
    chain = dict.fromkeys(filter(is_identifier, (*ancestors, parent or "")))
    if parent in chain:  # the parent is the newest, wherever its sender put it
        chain[parent] = chain.pop(parent)
    ids = list(chain)
    while len(ids) > MOST_REFERENCES or (len(ids) > 1 and len(" ".join(ids)) > LONGEST_REFERENCES):
        del ids[1 if len(ids) > 2 else 0]  # noqa: PLR2004 - of the last two the newest counts
    return tuple(ids)


def is_identifier(value: str) -> bool:
    """Is it one Message-ID of printable ASCII that stays as it is in a header?"""
    return len(value) <= LONGEST_REFERENCES and "=?" not in value and bool(_IDENTIFIER.fullmatch(value))
