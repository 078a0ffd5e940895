"""What costs something to find out about a mail, and is found out only where a rule asks for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

from bot import language
from bot.attachments import detection
from bot.intake.providers import PROVIDERS

if TYPE_CHECKING:
    from bot.config import SupportConfig
    from routing.email import InboundEmail
    from storage.emails import StoredEmail
    from storage.unit_of_work import UnitOfWork

_MOST_FILES: Final = 20
"""Attachments whose bytes are looked at: each is cut out of the whole mail."""


class AskedFacts(NamedTuple):
    """Empty where no rule asks."""

    language: str | None = None
    detected_types: tuple[str | None, ...] = ()


async def find(
    uow: UnitOfWork, stored: StoredEmail, email: InboundEmail, config: SupportConfig
) -> AskedFacts:
    """Look at the words and at the files, away from the event loop."""
    asked = config.ruleset().channels
    raw = b""
    if "detected_type" in asked and email.attachments:
        raw = await uow.emails.raw(stored.trace_id)
    if not raw and "language" not in asked:
        return AskedFacts()
    return await asyncio.to_thread(
        lambda: AskedFacts(
            language=language.detect(email.text) if "language" in asked else None,
            detected_types=_types(stored, raw, len(email.attachments)) if raw else (),
        )
    )


def _types(stored: StoredEmail, raw: bytes, files: int) -> tuple[str | None, ...]:
    read = PROVIDERS[stored.provider].attachment_content
    heads = (read(raw, position) for position in range(min(files, _MOST_FILES)))
    return tuple(None if head is None else detection.detect(head[: detection.HEAD]) for head in heads)
