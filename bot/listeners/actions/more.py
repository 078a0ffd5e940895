"""The overflow menu of a card: opens the modal that was chosen, or does what needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import incident_modals, merge_modal, misrouted_modal, split_modal
from blocks.ids import More, MoreRef, TicketRef
from bot.desk import merge, misrouted, references, split
from bot.incidents import membership
from bot.listeners import modal, whisper

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.models.views import View

    from bot.services import Services


async def chosen(
    ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext
) -> None:
    await ack()
    services: Services = context["services"]
    more = MoreRef.decode(action["selected_option"]["value"])
    ref, reference = TicketRef(ticket_id=more.ticket_id), services.reference(more.ticket_id)
    if deed := _DEEDS.get(more.choice):
        async with whisper.refusals(context):
            await deed(services, ref.ticket_id, agent_id=context["agent_id"])
        return

    async def build() -> View:
        return await _BUILDERS[more.choice](services, ref, reference)

    await modal.show(context, body, title=f"{more.choice.capitalize()} {reference}", build=build)


async def _merge(services: Services, ref: TicketRef, reference: str) -> View:
    async with services.storage.reading() as uow:
        merge.refuse_part(services, await uow.tickets.get(ref.ticket_id))
    return merge_modal.build(ref, reference=reference, example=services.reference(references.EXAMPLE))


async def _split(services: Services, ref: TicketRef, reference: str) -> View:
    choices = [
        split_modal.Choice(
            message=message,
            merged_reference=services.reference(message.ticket_id)
            if message.ticket_id != ref.ticket_id
            else None,
        )
        for message in await split.candidates(services, ref.ticket_id)
    ]
    return split_modal.build(ref, reference=reference, choices=choices)


async def _misrouted(services: Services, ref: TicketRef, reference: str) -> View:
    ticket = await misrouted.movable(services, ref.ticket_id)
    queues = services.config.queues.items()
    elsewhere = [(queue_id, queue.name) for queue_id, queue in queues if queue_id != ticket.queue]
    return misrouted_modal.build(ref, reference=reference, queues=elsewhere)


async def _incident(services: Services, ref: TicketRef, reference: str) -> View:
    ticket, intent = await membership.first_of(services, ref.ticket_id)
    return incident_modals.open_one(
        ref, reference=reference, title=ticket.subject, intent=intent.replace("_", " ")
    )


_BUILDERS = {
    More.INCIDENT: _incident,
    More.MERGE: _merge,
    More.MISROUTED: _misrouted,
    More.SPLIT: _split,
}
_DEEDS = {More.LEAVE_INCIDENT: membership.leave, More.POST_CARD: membership.give_card}
