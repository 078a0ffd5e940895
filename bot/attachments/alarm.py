"""When nobody may have a file, the trace and the card say so; of a virus the operators hear, once a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from routing.attachment import ALARMING, AttachmentState
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from bot.services import Services
    from routing.attachment import StoredAttachment
    from storage.unit_of_work import UnitOfWork


async def raise_for(services: Services, uow: UnitOfWork, file: StoredAttachment) -> None:
    """Tell of the state that the file has come into in this transaction, if it is one to tell of."""
    file = await uow.attachments.get(file.trace_id, file.position)
    if file.state not in ALARMING:
        return
    stored = await uow.emails.get(file.trace_id)
    await uow.audit.add(
        f"attachment_{file.state}",
        trace_id=file.trace_id,
        ticket_id=stored.ticket_id,
        actor=DESKBELL,
        now=services.clock(),
        file=file.filename,
        reason=file.reason or "",
    )
    if stored.ticket_id is None:
        return
    ticket = await uow.relations.whole(stored.ticket_id)
    await uow.tickets.touch(ticket.id)
    await effects.update_card(uow, ticket, now=services.clock())
    if file.state is AttachmentState.INFECTED:
        await effects.notify_operators(
            uow,
            f"{services.reference(ticket.id)}: an attachment carries a virus ({file.reason}). Nobody can download it.",
            channel=services.config.desk.operators_channel,
            trace_id=file.trace_id,
            now=services.clock(),
            dedup_key=f"infected:{file.trace_id}",
        )
