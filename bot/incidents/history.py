"""What happened in an incident, from the audit trail."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from blocks import text
from bot.incidents import naming
from routing.incidents import Opening

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.services import Services
    from routing.incidents import Incident
    from routing.ticket import AuditEntry
    from storage.unit_of_work import UnitOfWork

_CALLS = ("escalated", "acknowledged")
"""Of single tickets these are told: whom was called, and who came."""
_OPENED = {
    Opening.RULE: "opened, because a rule took a mail for a sign of an incident",
    Opening.PRESSED: "opened by hand",
    Opening.STORM: "opened by a storm of tickets",
}
_LONGEST = 300


async def entries(uow: UnitOfWork, incident: Incident) -> list[AuditEntry]:
    """Its own steps and the calls for help, oldest first."""
    own = await uow.audit.for_trace(incident.trace_id)
    calls = await uow.audit.of_incident(incident.id, _CALLS, limit=50)
    return sorted([*own, *calls], key=lambda entry: entry.at)


async def rows(services: Services, incident_id: int) -> tuple[Incident, list[AuditEntry]]:
    """The incident and what happened in it."""
    async with services.storage.reading() as uow:
        incident = await uow.incidents.get(incident_id)
        return incident, await entries(uow, incident)


def phrase(services: Services, entry: AuditEntry) -> str:
    """One step in words, as nobody has escaped them: what a lead or a customer wrote may stand in it."""
    detail = entry.detail
    match entry.action:
        case "incident_opened":
            said = f"{_OPENED[Opening(detail['opening'])]}, with {_tickets(detail)}"
        case "incident_widened":
            said = f"a storm of {_tickets(detail)}: every ticket about this joins from now on"
        case "incident_taken":
            said = "taken over" if "from" in detail else "taken"
        case "incident_update":
            said = f"update to {text.counted(int(detail['recipients']), 'customer')}: {_cut(detail['text'])}"
        case "incident_channel":
            said = f"channel {detail['channel']} made"
        case "incident_resolved":
            said = f"resolved; {detail['open_tickets']} of {_tickets(detail)} were open"
        case "escalated":
            said = f"on-call called: {_cut(detail.get('reason', ''))}"
        case "acknowledged":
            said = f"acknowledged, for {services.reference(entry.ticket_id or 0)}"
        case _:
            said = entry.action.replace("_", " ")
    return said


def _tickets(detail: Mapping[str, str]) -> str:
    return text.counted(int(detail["tickets"]), "ticket")


def utc(entry: AuditEntry) -> str:
    """When it happened, as a postmortem says it."""
    return f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def title(incident: Incident) -> str:
    """`INC-7: The page says 503`."""
    return f"{naming.reference(incident.id)}: {incident.title}"


def _cut(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
