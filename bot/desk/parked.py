"""Parked mail: what got no ticket, listed and let in after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.parked import ParkedMail
from bot import effects
from bot.errors import NotAllowedError

if TYPE_CHECKING:
    from bot.services import Services
    from storage.emails import ParkedEmail

_LISTED = 10


async def newest(services: Services) -> tuple[list[ParkedMail], int]:
    """The newest parked mails, and how many there are in all."""
    async with services.storage.reading() as uow:
        found = await uow.emails.parked(limit=_LISTED)
        counts = await uow.emails.unfinished_counts()
    return [_shown(services, parked) for parked in found], counts.get("parked", 0)


async def release(services: Services, trace_id: str, *, agent_id: str) -> None:
    """Send the mail through triage again, which lets it pass even if it looks like a loop.

    Raises:
        NotAllowedError: it is parked no more.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        if not await uow.emails.release(trace_id):
            raise NotAllowedError("This mail was released already.")
        await uow.audit.add("released", trace_id=trace_id, ticket_id=None, actor=agent_id, now=now)
        await effects.triage_released(uow, trace_id, now=now)
        await uow.commit()


def _shown(services: Services, parked: ParkedEmail) -> ParkedMail:
    email = parked.email
    return ParkedMail(
        trace_id=parked.trace_id,
        reason=parked.reason,
        sender=str(email.sender) if email and email.sender else "",
        subject=email.subject if email else "",
        received_at=parked.received_at,
        trace_url=services.trace_links.url(parked.trace_id, now=services.clock()),
        can_be_released=email is not None,
    )
