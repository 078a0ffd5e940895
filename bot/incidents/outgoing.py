"""The effects of incidents: their kinds, lanes and payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import effects
from bot.effects import Kind
from routing import incidents

if TYPE_CHECKING:
    from datetime import datetime

    from bot.services import Services
    from routing.incidents import Incident
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork

LANE = "incident"
UPDATES_LANE = f"{effects.MAIL_LANE}:updates"
"""Beside the lane of other mail, which must not wait for a thousand of these."""


async def post_card(uow: UnitOfWork, incident: Incident, *, channel: str, note: str, now: datetime) -> None:
    """Post the card of an incident; `note` says why it is not where one would look for it."""
    await uow.outbox.enqueue(
        Kind.POST_INCIDENT_CARD,
        lane=effects.posting_lane(channel),
        payload={"incident_id": incident.id, "channel": channel, "note": note},
        ordering_key=_key(incident.id),
        trace_id=incident.trace_id,
        now=now,
    )


async def update_card(uow: UnitOfWork, incident: Incident, *, now: datetime) -> None:
    """Show at once what a person has done; edits that still wait become one."""
    if incident.channel is None:
        return  # not posted yet: it will show the state of its own time
    await uow.outbox.enqueue_once_ready(
        Kind.UPDATE_INCIDENT_CARD, lane=effects.editing_lane(incident.channel), **_common(incident, now)
    )


async def digest(services: Services, uow: UnitOfWork, incident: Incident) -> None:
    """Show the news of it, as soon as the pace of its card allows: whatever else comes until then is shown, too."""
    now = services.clock()
    every = services.config.incidents.digest_every
    await uow.outbox.enqueue_once_ready(
        Kind.INCIDENT_DIGEST,
        lane=LANE,
        due_at=incidents.next_digest_at(incident, now=now, every=every),
        **_common(incident, now),
    )


async def post_digest(uow: UnitOfWork, incident: Incident, *, digest_id: int, now: datetime) -> None:
    """Tell the thread of new tickets; once a digest."""
    await uow.outbox.enqueue(
        Kind.POST_INCIDENT_DIGEST,
        lane=_thread_lane(incident),
        dedup_key=f"{Kind.POST_INCIDENT_DIGEST}:{digest_id}",
        payload={"incident_id": incident.id, "digest": digest_id},
        ordering_key=_key(incident.id),
        trace_id=incident.trace_id,
        now=now,
    )


async def mail_batch(uow: UnitOfWork, incident: Incident, update_id: int, *, now: datetime) -> None:
    """Go on with the mails of an update."""
    await uow.outbox.enqueue(
        Kind.MAIL_INCIDENT,
        lane=LANE,
        payload={"incident_id": incident.id, "update_id": update_id},
        ordering_key=f"update:{update_id}",
        trace_id=incident.trace_id,
        now=now,
    )


async def mail(uow: UnitOfWork, incident: Incident, ticket: Ticket, *, update_id: int, now: datetime) -> None:
    """Mail an update to the requester of one ticket; once, whatever happens."""
    await uow.outbox.enqueue(
        Kind.INCIDENT_UPDATE,
        lane=UPDATES_LANE,
        dedup_key=f"{Kind.INCIDENT_UPDATE}:{update_id}:{ticket.id}",
        payload={"incident_id": incident.id, "update_id": update_id, "ticket_id": ticket.id},
        trace_id=ticket.trace_id,
        now=now,
    )


async def resolve_batch(uow: UnitOfWork, incident: Incident, *, agent_id: str, now: datetime) -> None:
    """Go on to close the tickets of an incident."""
    await uow.outbox.enqueue(
        Kind.RESOLVE_INCIDENT,
        lane=LANE,
        payload={"incident_id": incident.id, "agent_id": agent_id},
        ordering_key=_key(incident.id),
        trace_id=incident.trace_id,
        now=now,
    )


async def create_room(uow: UnitOfWork, incident: Incident, *, agent_id: str, now: datetime) -> bool:
    """Make a channel for an incident, once; False when it is under way already."""
    entry_id = await uow.outbox.enqueue(
        Kind.CREATE_INCIDENT_ROOM,
        lane=effects.SLACK_READ_LANE,
        dedup_key=f"{Kind.CREATE_INCIDENT_ROOM}:{incident.id}",
        payload={"incident_id": incident.id, "agent_id": agent_id},
        trace_id=incident.trace_id,
        now=now,
    )
    return entry_id is not None


async def post_postmortem(
    uow: UnitOfWork, incident: Incident, part: str, *, dedup_key: str, now: datetime
) -> None:
    """Give a part of the draft in the thread of the card."""
    await uow.outbox.enqueue(
        Kind.POST_POSTMORTEM,
        lane=_thread_lane(incident),
        dedup_key=f"{Kind.POST_POSTMORTEM}:{dedup_key}",
        payload={"incident_id": incident.id, "part": part},
        ordering_key=_key(incident.id),
        trace_id=incident.trace_id,
        now=now,
    )


def _thread_lane(incident: Incident) -> str:
    return effects.posting_lane(incident.channel or "")


def _common(incident: Incident, now: datetime) -> dict[str, Any]:
    return {
        "ordering_key": _key(incident.id),
        "payload": {"incident_id": incident.id},
        "trace_id": incident.trace_id,
        "now": now,
    }


def _key(incident_id: int) -> str:
    return f"incident:{incident_id}"
