"""Reply: written in a modal, looked at once more, then sent as a mail in the customer's thread."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import effects
from bot.errors import DeliveryError, NotAllowedError
from bot.replies import compose, gate, render
from routing.ticket import MessageKind

if TYPE_CHECKING:
    from blocks.reply_modal import Draft
    from bot.services import Services
    from routing.email import Address
    from routing.ticket import Ticket


async def open_draft(services: Services, ticket_id: int, *, agent_id: str) -> tuple[Ticket, str]:
    """The ticket and what the agent has written so far.

    Raises:
        NotAllowedError: no mail can be sent to this customer.
    """
    async with services.storage.reading() as uow:
        ticket = await uow.tickets.get(ticket_id)
        draft = await uow.messages.draft(ticket_id=ticket_id, agent_id=agent_id)
    verdict = gate.judge(
        kind=MessageKind.REPLY, recipient=ticket.requester, own_addresses=services.config.desk.addresses
    )
    if verdict.refusal:
        raise NotAllowedError(f"No mail can be sent to this customer: {verdict.refusal.replace('_', ' ')}.")
    return ticket, draft


@dataclass(frozen=True, slots=True)
class Preview:
    """The mail as the customer will read it."""

    to: Address
    subject: str
    body: str


async def keep_draft(services: Services, draft: Draft, *, agent_id: str) -> Preview:
    """Store what was written, so that a closed window loses nothing, and show what would be sent."""
    async with services.storage.unit_of_work() as uow:
        await uow.messages.save_draft(
            ticket_id=draft.ref.ticket_id, agent_id=agent_id, body=draft.body, now=services.clock()
        )
        ticket = await uow.tickets.get(draft.ref.ticket_id)
        opening = await uow.emails.opening(ticket.id)
        await uow.commit()
    mail = compose.reply(
        services,
        ticket,
        opening.email,
        messages=[],
        entry_id=0,
        text=draft.body,
        agent_name=await _signature(services, agent_id),
    )
    subject = str(render.reply(mail)["Subject"])
    return Preview(to=ticket.requester, subject=subject, body=render.reply_text(mail))


async def _signature(services: Services, agent_id: str) -> str:
    try:
        # Slack wants its answer within three seconds.
        async with asyncio.timeout(1):
            return await services.workspace.display_name(agent_id)
    except (DeliveryError, TimeoutError):
        return "(your name)"  # the mail itself waits until Slack gives it


async def send(services: Services, ticket_id: int, *, agent_id: str) -> None:
    """Send the draft; pressed twice, it is sent once.

    Raises:
        NotAllowedError: it was sent already.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        body = await uow.messages.take_draft(ticket_id=ticket_id, agent_id=agent_id)
        if body is None:
            raise NotAllowedError("This answer has been sent already.")
        ticket = await uow.tickets.get(ticket_id)
        message_row_id = await uow.messages.add(
            ticket_id=ticket_id,
            kind=MessageKind.REPLY,
            message_id=None,
            author=agent_id,
            body=body,
            now=now,
        )
        await uow.audit.add("replied", trace_id=ticket.trace_id, ticket_id=ticket_id, actor=agent_id, now=now)
        await effects.reply(uow, ticket, message_row_id=message_row_id, now=now)
        await uow.commit()
