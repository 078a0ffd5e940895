"""The files of a mail in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.email import Attachment

_SHOWN = 5
_NAME_LIMIT = 24
_NAME_END = 10


def summary(attachments: Sequence[Attachment]) -> str:
    """Name and size of the first five, one a line, then how many more there are."""
    return "\n".join(text.capped([_named(attachment) for attachment in attachments], limit=_SHOWN))


def _named(attachment: Attachment) -> str:
    name = _shortened(attachment.filename.strip()) or "unnamed"
    return f"{text.code(name, limit=_NAME_LIMIT)} {text.size_phrase(attachment.size)}"


def _shortened(name: str) -> str:
    """Cut in the middle: the end of a file's name says what it is."""
    if len(name) <= _NAME_LIMIT:
        return name
    return f"{name[: _NAME_LIMIT - _NAME_END - 1]}…{name[-_NAME_END:]}"
