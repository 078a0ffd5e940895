"""Who leads an incident, and what only that person or a lead may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text
from bot.errors import NotAllowedError
from bot.incidents import naming, outgoing
from routing.incidents import IncidentState

if TYPE_CHECKING:
    from bot.services import Services
    from routing.incidents import Incident


async def take(services: Services, incident_id: int, *, agent_id: str) -> None:
    """Become the commander; whoever was it before hands over by that.

    Raises:
        NotAllowedError: it is resolved, or this person is its commander.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        before = await uow.incidents.get(incident_id)
        refuse_resolved(before)
        if not await uow.incidents.take(incident_id, agent_id=agent_id, now=now):
            raise NotAllowedError("You have taken it already.")
        detail = {"from": before.commander_id} if before.commander_id else {}
        await uow.audit.add(
            "incident_taken", trace_id=before.trace_id, ticket_id=None, actor=agent_id, now=now, **detail
        )
        await outgoing.update_card(uow, before, now=now)
        await uow.commit()


def refuse_others(services: Services, incident: Incident, agent_id: str) -> None:
    """Let the commander and the leads pass.

    Raises:
        NotAllowedError: this person is neither.
    """
    if agent_id == incident.commander_id or agent_id in services.config.desk.leads:
        return
    if incident.commander_id is None:
        raise NotAllowedError("Press Take first: only its commander and the leads may do this.")
    raise NotAllowedError(
        f"Only {text.user(incident.commander_id)}, who has taken it, and the leads may do this."
    )


def refuse_resolved(incident: Incident) -> None:
    """Raise NotAllowedError for one that is over."""
    if incident.state is IncidentState.RESOLVED:
        by = f" by {text.user(incident.resolved_by)}" if incident.resolved_by else ""
        raise NotAllowedError(f"{naming.reference(incident.id)} was resolved{by}.")
