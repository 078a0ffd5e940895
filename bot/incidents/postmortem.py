"""The draft of a postmortem, as Markdown: what the audit trail knows, and the questions that it cannot answer."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from datetime import UTC, timedelta
from statistics import median
from typing import TYPE_CHECKING

from blocks import postmortem as message
from bot import effects
from bot.desk.posting import post_once
from bot.errors import DeliveryError, NotAllowedError, NotReadyError
from bot.incidents import history, outgoing
from routing import sla
from routing.ticket import DESKBELL, TicketState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.effects import Record
    from bot.services import Services
    from routing.incidents import Incident
    from routing.ticket import AuditEntry, Ticket
    from storage.outbox import OutboxEntry

_MOST_TICKETS = 10_000
_WORK = ("claimed", "reply_sent", "resolved", "reassigned", "escalated", "acknowledged")
_MARKUP = re.compile(r"[\\`*_\[\]<>|]")
_QUESTIONS = (
    "What was the cause?",
    "Why did nobody see it before the customers did?",
    "What made it shorter, and what longer?",
    "What will be changed, by whom and until when?",
)


async def write(services: Services, incident_id: int) -> str:
    """The whole draft.

    Raises:
        NotFoundError: there is no such incident.
    """
    async with services.storage.reading() as uow:
        incident = await uow.incidents.get(incident_id)
        steps = await history.entries(uow, incident)
        tickets = await uow.incident_tickets.of_incident(incident_id, limit=_MOST_TICKETS)
        work = await uow.audit.of_incident(incident_id, _WORK, limit=_MOST_TICKETS)
    names = await _names(services, [incident.commander_id, *(entry.actor for entry in (*steps, *work))])
    sections = (
        f"# Postmortem of {_safe(history.title(incident))}\n\nA draft from the audit trail. All times are UTC.",
        _section("Summary", _summary(services, incident, tickets, names)),
        _section("Timeline", _timeline(services, steps, names)),
        _section("Impact", _impact(tickets)),
        _section("Who did what", _people([*steps, *work], names)),
        _section("Open questions", (f"- {question}" for question in _QUESTIONS)),
    )
    return "\n\n".join(sections) + "\n"


def _section(heading: str, lines: Iterator[str]) -> str:
    return f"## {heading}\n\n" + ("\n".join(lines) or "Nothing.")


async def _names(services: Services, people: Sequence[str | None]) -> dict[str, str]:
    """What people are called; their Slack ids where Slack does not say it."""
    names: dict[str, str] = {}
    with suppress(DeliveryError):
        for person in dict.fromkeys(people):
            if person and person != DESKBELL:
                names[person] = await services.workspace.display_name(person)
    return names


def _summary(
    services: Services, incident: Incident, tickets: Sequence[Ticket], names: Mapping[str, str]
) -> Iterator[str]:
    end = incident.resolved_at
    yield f"- Opened {_utc(incident.opened_at)} ({incident.opening}), about {incident.intent.replace('_', ' ')}"
    if end:
        took = sla.phrase(end - incident.opened_at)
        yield f"- Resolved {_utc(end)} by {_name(incident.resolved_by, names)}, after {took}"
    else:
        yield "- Not resolved yet"
    yield f"- Commander: {_name(incident.commander_id, names)}"
    yield f"- {len(tickets):,} tickets, the first one {services.reference(incident.first_ticket_id)}"


def _timeline(services: Services, steps: Sequence[AuditEntry], names: Mapping[str, str]) -> Iterator[str]:
    yield "| time | who | what |"
    yield "|---|---|---|"
    for step in steps:
        who, what = _name(step.actor, names), history.phrase(services, step)
        yield f"| {history.utc(step)} | {_safe(who)} | {_safe(what)} |"


def _impact(tickets: Sequence[Ticket]) -> Iterator[str]:
    tiers = Counter(ticket.tier for ticket in tickets)
    customers = {ticket.requester.email for ticket in tickets}
    still_open = sum(ticket.state is TicketState.OPEN for ticket in tickets)
    yield f"- {len(tickets):,} tickets of {len(customers):,} customers; {still_open:,} still open"
    if tickets:
        created = [ticket.created_at for ticket in tickets]
        yield f"- The first mail came {_utc(min(created))}, the last one {_utc(max(created))}"
    yield "- Tiers: " + (", ".join(f"{tier} {count:,}" for tier, count in tiers.most_common()) or "none")
    waits = [t.first_responded_at - t.created_at for t in tickets if t.first_responded_at]
    if waits:
        middle = timedelta(seconds=median(wait.total_seconds() for wait in waits))
        yield f"- First response by a person: {len(waits):,} tickets, after {sla.phrase(middle)} in the median"
    else:
        yield "- First response by a person: none"
    late = sum(
        1
        for t in tickets
        if t.response_due_at and t.first_responded_at and t.first_responded_at > t.response_due_at
    )
    yield f"- First responses after their deadline: {late:,}"


def _people(entries: Sequence[AuditEntry], names: Mapping[str, str]) -> Iterator[str]:
    by_person: dict[str, Counter[str]] = {}
    for entry in {(e.at, e.trace_id, e.action, e.actor): e for e in entries}.values():
        if entry.actor != DESKBELL:
            by_person.setdefault(entry.actor, Counter())[entry.action.replace("_", " ")] += 1
    for person, actions in sorted(by_person.items(), key=lambda item: -item[1].total()):
        yield f"- {_name(person, names)}: " + ", ".join(
            f"{action} {count:,}" for action, count in actions.most_common()
        )


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _name(person: str | None, names: Mapping[str, str]) -> str:
    return names.get(person, person) if person else "nobody"


def _safe(words: str) -> str:
    """Words of customers and agents without power in Markdown, which may hold HTML."""
    return _MARKUP.sub(r"\\\g<0>", words)


async def give(services: Services, incident_id: int) -> None:
    """Post the draft of now in the thread of the incident's card, in as many messages as it needs.

    Raises:
        NotAllowedError: the card is not posted yet.
    """
    draft = await write(services, incident_id)
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        incident = await uow.incidents.get(incident_id)
        if incident.channel is None:
            raise NotAllowedError("Its card is not posted yet: try again in a moment.")
        for number, part in enumerate(message.parts(draft)):
            key = f"{incident_id}:{now.isoformat()}:{number}"
            await outgoing.post_postmortem(uow, incident, part, dedup_key=key, now=now)
        await uow.commit()


class PostPostmortem:
    """`slack.post_postmortem`: one part of a draft."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            incident = await uow.incidents.get(entry.payload["incident_id"])
        if incident.channel is None or incident.ts is None:
            raise NotReadyError("the card is not posted yet")
        shown = message.build(entry.payload["part"])
        await post_once(self._services.workspace, entry, incident.channel, shown, thread_ts=incident.ts)
        return effects.nothing
