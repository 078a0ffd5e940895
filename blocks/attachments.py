"""The files of a mail in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.attachment import StoredAttachment
    from routing.email import Attachment

_SHOWN = 5
_NAME_LIMIT = 24
_NAME_END = 10
_ALARMS = 3
_VERDICT_LIMIT = 120


def summary(attachments: Sequence[Attachment], alarms: Sequence[StoredAttachment] = ()) -> str:
    """The files that nobody gets, and why; then name and size of the first five, and how many more there are."""
    lines = text.capped([_alarm(alarm) for alarm in alarms], limit=_ALARMS)
    return "\n".join([*lines, *text.capped([_named(attachment) for attachment in attachments], limit=_SHOWN)])


def _alarm(file: StoredAttachment) -> str:
    name = text.code(_shortened(file.filename.strip()) or "unnamed", limit=_NAME_LIMIT)
    return f"⚠️ {name} {text.inline(file.verdict, limit=_VERDICT_LIMIT)}"


def _named(attachment: Attachment) -> str:
    name = _shortened(attachment.filename.strip()) or "unnamed"
    return f"{text.code(name, limit=_NAME_LIMIT)} {text.size_phrase(attachment.size)}"


def _shortened(name: str) -> str:
    """Cut in the middle: the end of a file's name says what it is."""
    if len(name) <= _NAME_LIMIT:
        return name
    return f"{name[: _NAME_LIMIT - _NAME_END - 1]}…{name[-_NAME_END:]}"
