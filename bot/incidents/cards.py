"""The effects that post and edit the card of an incident and tell its thread of new tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import incident_card, incident_digest
from bot import effects
from bot.desk.posting import post_once, tell_of_fallback
from bot.errors import ChannelUnavailableError, MessageGoneError, NotReadyError
from bot.incidents import card_view, outgoing
from routing import incidents

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.integrations.interfaces import Posted
    from bot.services import Services
    from routing.incidents import Incident
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

_MOST_TOLD = 1_000
"""Tickets of one digest; what is more waits for the next."""


class PostIncidentCard:
    """`slack.post_incident_card`: a channel that cannot be posted to is replaced by the fallback channel."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        channel: str = entry.payload["channel"]
        async with self._services.storage.reading() as uow:
            incident = await uow.incidents.get(entry.payload["incident_id"])
            card = await card_view.load(self._services, uow, incident, note=entry.payload["note"])
        try:
            posted = await post_once(self._services.workspace, entry, channel, incident_card.build(card))
        except ChannelUnavailableError as error:
            if channel == self._services.config.desk.fallback_channel:
                raise
            reason = error.reason
            return lambda uow: self._fall_back(uow, incident, channel, reason)
        return lambda uow: self._posted(uow, incident, posted)

    async def _posted(self, uow: UnitOfWork, shown: Incident, posted: Posted) -> None:
        await uow.incidents.place_card(shown.id, channel=posted.channel, ts=posted.ts)
        # What has happened meanwhile could write no edit.
        await outgoing.digest(self._services, uow, await uow.incidents.get(shown.id))

    async def _fall_back(self, uow: UnitOfWork, incident: Incident, channel: str, reason: str) -> None:
        await outgoing.post_card(
            uow,
            incident,
            channel=self._services.config.desk.fallback_channel,
            note=f"Posted here because {channel} cannot be posted to: {reason}.",
            now=self._services.clock(),
        )
        await tell_of_fallback(
            self._services, uow, channel=channel, reason=reason, trace_id=incident.trace_id
        )


class UpdateIncidentCard:
    """`slack.update_incident_card`: shows the state of now, so that several waiting edits are one."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            incident = await uow.incidents.get(entry.payload["incident_id"])
            card = await card_view.load(self._services, uow, incident)
        if incident.channel is None or incident.ts is None:
            return effects.nothing
        try:
            await self._services.workspace.update(incident.channel, incident.ts, incident_card.build(card))
        except (ChannelUnavailableError, MessageGoneError):
            return lambda uow: self._post_anew(uow, incident)
        return effects.nothing

    async def _post_anew(self, uow: UnitOfWork, incident: Incident) -> None:
        """A card that somebody has deleted, or whose channel is archived, is posted again where it belongs."""
        await uow.incidents.place_card(incident.id, channel=None, ts=None)
        channel = self._services.config.desk.incident_channel
        await outgoing.post_card(uow, incident, channel=channel, note="", now=self._services.clock())


class IncidentDigest:
    """`incident.digest`: a timer that puts together what is new, at the pace that the card may have."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        return lambda uow: self._put_together(uow, entry)

    async def _put_together(self, uow: UnitOfWork, entry: OutboxEntry) -> None:
        now = self._services.clock()
        incident = await uow.incidents.get(entry.payload["incident_id"])
        if incident.channel is None:
            return  # whoever posts the card asks for the news again
        every = self._services.config.incidents.digest_every
        if incidents.next_digest_at(incident, now=now, every=every) > now:
            await outgoing.digest(self._services, uow, incident)  # another one came in between
            return
        new = await uow.incident_tickets.untold(incident.id, limit=_MOST_TOLD)
        await uow.incident_tickets.digest(new, digest=entry.id)
        await uow.incidents.note_digested(incident.id, now)
        await outgoing.update_card(uow, incident, now=now)
        if new:
            await outgoing.post_digest(uow, incident, digest_id=entry.id, now=now)
        if len(new) == _MOST_TOLD:
            await outgoing.digest(self._services, uow, await uow.incidents.get(incident.id))


class PostIncidentDigest:
    """`slack.post_incident_digest`: the new tickets of some seconds, in one message."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            incident = await uow.incidents.get(entry.payload["incident_id"])
            tickets, count = await uow.incident_tickets.of_digest(
                incident.id, entry.payload["digest"], limit=incident_digest.SHOWN
            )
        if incident.channel is None or incident.ts is None:
            raise NotReadyError("the card is not posted yet")
        rows = [
            incident_digest.Row(
                reference=self._services.reference(ticket.id),
                requester=ticket.requester,
                subject=ticket.subject,
                tier=ticket.tier,
            )
            for ticket in tickets
        ]
        message = incident_digest.build(rows, count=count)
        await post_once(self._services.workspace, entry, incident.channel, message, thread_ts=incident.ts)
        return effects.nothing
