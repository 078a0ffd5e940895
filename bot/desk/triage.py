"""From a stored mail to a ticket: can it be read, is it a loop, does it continue a ticket, may it open one?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import arrival as arrivals
from bot.desk import dead_addresses, joining, messages, opening, parking, returned, twins
from routing.robots import AutomaticKind
from routing.threading import Match, Signal

if TYPE_CHECKING:
    from bot.desk.arrival import Arrival
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.emails import StoredEmail
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork


class Triage:
    """The effect `triage`: it decides about one mail and writes what follows in one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> effects.Record:
        async with self._services.storage.reading() as uow:
            stored = await uow.emails.get(entry.trace_id)
            if stored.email is None:
                return lambda uow: self._hand_over(uow, stored)
            arrival = await arrivals.inspect(uow, stored, self._services.config)
        # Before the transaction, which must not wait for somebody else's database.
        arrival = await arrivals.introduce(arrival, self._services.directory)
        is_released = bool(entry.payload.get("is_released"))
        return lambda uow: self._decide(uow, arrival, is_released=is_released)

    async def _hand_over(self, uow: UnitOfWork, stored: StoredEmail) -> None:
        """Show a mail that could not be read to a person."""
        await parking.park(self._services, uow, stored.trace_id, f"unparseable: {stored.parse_error}")
        config = self._services.config
        channel = config.queues[config.desk.triage_queue].channel
        await effects.post_unparseable(uow, stored.trace_id, channel=channel, now=self._services.clock())

    async def _decide(self, uow: UnitOfWork, arrival: Arrival, *, is_released: bool) -> None:
        """`is_released`: a person has looked at it and wants it to have a ticket."""
        # Two workers must not open two tickets for two deliveries of one mail.
        sender = arrival.email.sender
        await uow.one_at_a_time(f"mail:{arrival.stored.tenant}:{sender.email if sender else ''}")
        if not is_released and (reason := parking.loop(arrival)):
            await parking.park(self._services, uow, arrival.trace_id, reason)
            return
        if twin := await twins.find(uow, arrival):
            await twins.record(self._services, uow, arrival, twin)
            return
        place = await joining.find(self._services, uow, arrival)
        if place.joins and place.match:
            await self._join(uow, arrival, place.joins, place.match)
        elif not is_released and (reason := await parking.unwanted(self._services, uow, arrival)):
            await parking.park(self._services, uow, arrival.trace_id, reason)
        else:
            await opening.open_ticket(self._services, uow, arrival, place)

    async def _join(self, uow: UnitOfWork, arrival: Arrival, ticket: Ticket, match: Match) -> None:
        record = returned.record if match.signal is Signal.BOUNCE else messages.follow_up
        await record(self._services, uow, arrival, ticket, match)
        if arrival.automatic.kind is AutomaticKind.BOUNCE:
            await dead_addresses.heed_bounce(self._services, uow, arrival, ticket)
