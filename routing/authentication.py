"""Is the mail from whom it says? SPF, DKIM and DMARC, as a trusted server of ours found them.

Anybody can write an Authentication-Results header, so only the topmost one counts that bears the name of a configured
server (RFC 8601, 5 and 7.1). Without one the provider's own results count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from routing.email import InboundEmail

_PASS, _FAIL = "pass", "fail"  # RFC 8601, 2.7
_LONGEST_HEADER = 16 * 1024

_RESULT = re.compile(r"\s*(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
_QUOTED_PAIR_OR_PAREN = re.compile(r"\\.|[()]", re.DOTALL)
_QUOTED_STRING = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)  # an open one runs to the end


@dataclass(frozen=True, kw_only=True, slots=True)
class Authentication:
    """The results by method: `pass`, `fail`, `softfail`, `none`, ...; None where nobody has checked."""

    spf: str | None
    dkim: str | None
    dmarc: str | None

    @property
    def is_failed(self) -> bool:
        """Whether it must be feared that the sender is forged."""
        return bool(self.reasons)

    @property
    def reasons(self) -> tuple[str, ...]:
        """For people; empty where nothing is wrong.

        As DMARC (RFC 7489, 4.2): forwarding breaks SPF and lists break DKIM, so one pass is enough.
        """
        if self.dmarc == _FAIL:
            return ("DMARC failed: the sender's domain says that this is not its mail",)
        checks = {"SPF": self.spf, "DKIM": self.dkim}
        failed = [name for name, result in checks.items() if result == _FAIL]
        if not failed or _PASS in {self.dmarc, *checks.values()}:
            return ()
        return (f"{' and '.join(failed)} failed and nothing passed: the sender may be forged",)


def judge(email: InboundEmail, authserv_ids: Collection[str]) -> Authentication:
    """Sum up what is known.

    Args:
        email: the mail.
        authserv_ids: names by which our own servers sign their results, in lower case.
    """
    trusted = _trusted(email, authserv_ids)
    return Authentication(
        spf=trusted.get("spf") or _word(email.spf_pass),
        dkim=trusted.get("dkim") or _word(email.dkim_pass),
        dmarc=trusted.get("dmarc"),
    )


def _word(passed: bool | None) -> str | None:  # noqa: FBT001 - as the provider tells it
    return None if passed is None else _PASS if passed else _FAIL


def _trusted(email: InboundEmail, authserv_ids: Collection[str]) -> dict[str, str]:
    """Results of the topmost header that one of ours wrote; of several DKIM signatures the one that passed."""
    for value in email.header_all("Authentication-Results") if authserv_ids else ():
        server, *statements = _plain(value[:_LONGEST_HEADER]).split(";")
        if server.strip().lower().partition(" ")[0] in authserv_ids:  # a version may follow the name
            return _results(statements)
    return {}


def _results(statements: list[str]) -> dict[str, str]:
    results: dict[str, str] = {}
    for statement in statements:
        if found := _RESULT.match(statement):
            method, result = found.group(1).lower(), found.group(2).lower()
            if method not in results or (method == "dkim" and result == _PASS):
                results[method] = result
    return results


def _plain(value: str) -> str:
    """Without quoted strings and (nested (comments)), in which anything may stand (RFC 5322, 3.2.2)."""
    value = _QUOTED_STRING.sub('""', value)
    depth, start, kept = 0, 0, []
    for mark in _QUOTED_PAIR_OR_PAREN.finditer(value):
        if mark.group() == "(":
            kept += [value[start : mark.start()]] if depth == 0 else []
            depth += 1
        elif mark.group() == ")" and depth:
            depth -= 1
            start = mark.end()
    return " ".join((*kept, value[start:] if depth == 0 else ""))
