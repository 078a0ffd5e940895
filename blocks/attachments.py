"""The files of a mail in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.email import Attachment

_SHOWN = 5
_NAME_LIMIT = 60


def summary(attachments: Sequence[Attachment]) -> str:
    """Name and size of the first five, one a line, then how many more there are."""
    return "\n".join(text.capped([_named(attachment) for attachment in attachments], limit=_SHOWN))


def _named(attachment: Attachment) -> str:
    name = attachment.filename.strip() or "unnamed"
    return f"{text.code(name, limit=_NAME_LIMIT)} {text.size_phrase(attachment.size)}"
