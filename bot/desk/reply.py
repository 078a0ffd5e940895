"""Reply: written in a modal, looked at once more, then sent as a mail in the customer's thread."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blocks import text
from bot import effects
from bot.desk import merge
from bot.errors import DeliveryError, NotAllowedError
from bot.escalation import stops
from bot.replies import compose, outbound, render
from routing.ticket import MessageKind

if TYPE_CHECKING:
    from blocks.reply_modal import Draft
    from bot.services import Services
    from routing.email import Address
    from routing.ticket import Ticket


async def open_draft(services: Services, ticket_id: int, *, agent_id: str) -> tuple[Ticket, str]:
    """The ticket and what the agent has written so far.

    Raises:
        NotAllowedError: no mail can be sent to this customer, or the ticket is part of another one.
    """
    async with services.storage.reading() as uow:
        ticket = await uow.tickets.get(ticket_id)
        merge.refuse_part(services, ticket)
        draft = await uow.messages.draft(ticket_id=ticket_id, agent_id=agent_id)
        verdict = await outbound.judge(services, uow, ticket, kind=MessageKind.REPLY)
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
    """Store what was written, so that a closed window loses nothing, and show what would be sent.

    Raises:
        NotAllowedError: the ticket is part of another one.
    """
    async with services.storage.unit_of_work() as uow:
        ticket = await uow.tickets.get(draft.ref.ticket_id)
        merge.refuse_part(services, ticket)
        await uow.messages.save_draft(
            ticket_id=ticket.id, agent_id=agent_id, body=draft.body, now=services.clock()
        )
        opening = await uow.emails.get(ticket.trace_id)
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


async def send(services: Services, ticket_id: int, *, to: str, agent_id: str) -> None:
    """Send the draft to the address that the preview has shown; pressed twice, it is sent once.

    Raises:
        NotAllowedError: it was sent already, the ticket is part of another one, or its requester has changed.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        ticket = await uow.tickets.get(ticket_id)
        merge.refuse_part(services, ticket)
        if ticket.requester.email != to:
            now_to = text.line(ticket.requester.email, limit=200)
            raise NotAllowedError(f"Answers go to {now_to} by now. Press Reply again: your answer is kept.")
        body = await uow.messages.take_draft(ticket_id=ticket_id, agent_id=agent_id)
        if body is None:
            raise NotAllowedError("This answer has been sent already.")
        message_row_id = await uow.messages.add(
            ticket_id=ticket_id,
            kind=MessageKind.REPLY,
            message_id=None,
            author=agent_id,
            body=body,
            now=now,
        )
        await uow.audit.add("replied", trace_id=ticket.trace_id, ticket_id=ticket_id, actor=agent_id, now=now)
        await stops.progress(services, uow, ticket, by=agent_id)
        await effects.reply(uow, ticket, message_row_id=message_row_id, now=now)
        await uow.commit()
