"""A Slack channel of its own for an incident, made when somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.errors import NotAllowedError
from bot.escalation import recipients
from bot.incidents import commander, naming, outgoing
from bot.on_call import who

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.services import Services
    from routing.incidents import Incident
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

_LONGEST_TOPIC = 250


async def ask(services: Services, incident_id: int, *, agent_id: str) -> None:
    """Begin to make the channel.

    Raises:
        NotAllowedError: it has one, or it is resolved.
    """
    async with services.storage.unit_of_work() as uow:
        incident = await uow.incidents.get(incident_id)
        commander.refuse_resolved(incident)
        if incident.room:
            raise NotAllowedError(f"It has its channel: <#{incident.room}>.")
        if not await outgoing.create_room(uow, incident, agent_id=agent_id, now=services.clock()):
            raise NotAllowedError("Its channel is being made.")
        await uow.commit()


class CreateIncidentRoom:
    """`slack.create_incident_room`: makes the channel, or finds the one that an earlier attempt has made."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        agent_id: str = entry.payload["agent_id"]
        async with self._services.storage.reading() as uow:
            incident = await uow.incidents.get(entry.payload["incident_id"])
            number = await uow.incidents.number_of_day(incident)
            on_call = await self._on_call(uow, incident)
        if incident.room:
            return effects.nothing
        workspace = self._services.workspace
        name = f"inc-{incident.opened_at:%Y-%m-%d}-{number}"
        room = await workspace.create_channel(name, since=entry.created_at)
        await workspace.invite(room, await self._members(incident, agent_id, on_call))
        topic = f"{naming.reference(incident.id)}: {incident.title}"
        await workspace.set_topic(room, topic[:_LONGEST_TOPIC])
        return lambda uow: self._made(uow, incident, room, name, agent_id)

    async def _on_call(self, uow: UnitOfWork, incident: Incident) -> list[str]:
        """The on-call of each queue that it touches: people and user groups."""
        now = self._services.clock()
        counts = await uow.incident_tickets.counts(incident.id, now=now)
        targets = {self._services.config.queue(queue).on_call for queue in counts.queues}
        found = [await who.on_call(self._services, uow, target, at=now) for target in sorted(targets)]
        return [target for people in found for target in people]

    async def _members(self, incident: Incident, agent_id: str, on_call: list[str]) -> list[str]:
        """Who asked, the commander, and on-call; each once."""
        members = [agent_id, incident.commander_id or agent_id]
        for target in on_call:
            if target.startswith(recipients.GROUP_PREFIX):
                members += await self._services.workspace.group_members(target)
            else:
                members.append(target)
        return list(dict.fromkeys(members))

    async def _made(self, uow: UnitOfWork, incident: Incident, room: str, name: str, agent_id: str) -> None:
        now = self._services.clock()
        await uow.incidents.set_room(incident.id, room)
        await uow.audit.add(
            "incident_channel",
            trace_id=incident.trace_id,
            ticket_id=None,
            actor=agent_id,
            now=now,
            channel=f"#{name}",
        )
        await outgoing.update_card(uow, await uow.incidents.get(incident.id), now=now)
