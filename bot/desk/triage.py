"""From a stored mail to a ticket: is it automatic, does it continue a ticket, where does it go?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot import effects
from bot.intake import html_text
from bot.telemetry import log
from routing import engine, robots, sla, threading
from routing.decision import Priority
from routing.email import Address, InboundEmail
from routing.robots import AutomaticKind
from routing.ticket import MessageKind, Ticket, TicketState

if TYPE_CHECKING:
    from bot.services import Services
    from routing.decision import RoutingDecision
    from routing.robots import Automatic
    from routing.threading import Match
    from storage.emails import StoredEmail
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

ACTOR = "deskbell"


class Triage:
    """The effect `triage`: it decides about one mail and writes what follows in one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._config = services.config

    async def __call__(self, entry: OutboxEntry) -> effects.Record:
        async with self._services.storage.reading() as uow:
            stored = await uow.emails.get(entry.trace_id)
        if stored.email is None:
            return lambda uow: self._hand_over(uow, stored)
        email = await _readable(stored.email)
        automatic = robots.judge(email, own_addresses=frozenset(self._config.desk.addresses))
        return lambda uow: self._decide(uow, stored, email, automatic)

    async def _hand_over(self, uow: UnitOfWork, stored: StoredEmail) -> None:
        """Show a mail that could not be read to a person."""
        now = self._services.clock()
        reason = f"unparseable: {stored.parse_error}"
        await uow.emails.park(stored.trace_id, reason)
        await self._audit(uow, "parked", stored, None, reason=reason)
        queue = self._config.queues[self._config.desk.triage_queue]
        await effects.post_unparseable(uow, stored.trace_id, channel=queue.channel, now=now)

    async def _decide(
        self, uow: UnitOfWork, stored: StoredEmail, email: InboundEmail, automatic: Automatic
    ) -> None:
        if automatic.kind is AutomaticKind.LOOP:
            reason = f"loop: {automatic.reasons[0]}"
            await uow.emails.park(stored.trace_id, reason)
            await self._audit(uow, "parked", stored, None, reason=reason)
            return
        match = threading.match(email, await uow.messages.tickets_of(list(threading.named_ids(email))))
        ticket = await self._continued(uow, stored, email, match) if match else None
        if ticket is not None and match is not None:
            await self._continue(uow, stored, email, automatic, ticket, match)
        else:
            await self._open(uow, stored, email, automatic)

    async def _continued(
        self, uow: UnitOfWork, stored: StoredEmail, email: InboundEmail, match: Match
    ) -> Ticket | None:
        """The ticket that the mail may join, or None with the reason in the trace."""
        ticket = await uow.tickets.get(match.ticket_id)
        reference = self._services.reference(ticket.id)
        if ticket.tenant != stored.tenant:
            return None
        if not threading.is_participant(email, ticket, await uow.messages.of_ticket(ticket.id)):
            reason = f"{match.message_id} belongs to {reference}, but the sender takes no part in it"
            await self._audit(uow, "not_joined", stored, None, reason=reason)
            return None
        if not threading.continues(ticket, self._services.clock()):
            reason = f"{reference} was resolved more than {threading.REOPEN_WITHIN.days} days ago"
            await self._audit(uow, "not_joined", stored, None, reason=reason)
            return None
        return ticket

    async def _continue(
        self,
        uow: UnitOfWork,
        stored: StoredEmail,
        email: InboundEmail,
        automatic: Automatic,
        ticket: Ticket,
        match: Match,
    ) -> None:
        now = self._services.clock()
        await uow.emails.finish(stored.trace_id, ticket_id=ticket.id, email=email)
        message_row_id = await self._add_message(uow, email, ticket.id)
        await self._audit(uow, "joined", stored, ticket.id, signal=match.signal, evidence=match.message_id)
        if ticket.state is TicketState.RESOLVED and not automatic.is_automatic:
            await uow.tickets.reopen(ticket.id)
            await self._audit(uow, "reopened", stored, ticket.id, because="the customer wrote again")
        await uow.tickets.touch(ticket.id)
        await effects.post_in_thread(
            uow,
            effects.Kind.POST_FOLLOW_UP,
            ticket,
            channel=ticket.card_channel or self._config.queues[ticket.queue].channel,
            message_row_id=message_row_id,
            trace_id=stored.trace_id,
            now=now,
        )
        await effects.update_card(uow, ticket, now=now)

    async def _open(
        self, uow: UnitOfWork, stored: StoredEmail, email: InboundEmail, automatic: Automatic
    ) -> None:
        now = self._services.clock()
        requester = email.answer_to or Address(email="")
        tier = self._config.tier_of(requester.email)
        source = self._config.sources.get(stored.source)
        decision = engine.route(
            engine.RoutingFacts(
                email=email, tier=tier, default_queue=source.default_queue if source else None
            ),
            self._config.ruleset(),
        )
        target = sla.target_for(self._config.targets(decision.queue), tier)
        ticket = await uow.tickets.open(
            tenant=stored.tenant,
            trace_id=stored.trace_id,
            queue=decision.queue,
            subject=email.subject,
            requester=requester,
            tier=tier,
            priority=Priority.LOW if automatic.is_automatic else decision.priority,
            now=now,
            # A robot waits for no answer.
            response_due_at=None if automatic.is_automatic else sla.due_at(now, target),
        )
        await uow.emails.finish(stored.trace_id, ticket_id=ticket.id, decision=decision, email=email)
        await self._add_message(uow, email, ticket.id)
        await self._audit_opening(uow, stored, ticket, decision, automatic)
        await effects.post_card(uow, ticket, channel=self._config.queues[ticket.queue].channel, now=now)
        await effects.acknowledge(uow, ticket, now=now)
        self._services.metrics.routed.labels(ticket.queue).inc()
        log.info("ticket_opened", trace_id=stored.trace_id, ticket=ticket.id, queue=ticket.queue)

    async def _add_message(self, uow: UnitOfWork, email: InboundEmail, ticket_id: int) -> int:
        return await uow.messages.add(
            ticket_id=ticket_id,
            kind=MessageKind.INBOUND,
            message_id=email.message_id,
            author=email.sender.email if email.sender else "",
            body=email.text,
            now=self._services.clock(),
        )

    async def _audit_opening(
        self,
        uow: UnitOfWork,
        stored: StoredEmail,
        ticket: Ticket,
        decision: RoutingDecision,
        automatic: Automatic,
    ) -> None:
        detail = {
            "queue": decision.queue,
            "intent": decision.intent,
            "confidence": f"{decision.confidence:.0%}",
            "rule": decision.rule or "none",
        }
        if automatic.reasons:
            detail["no_automatic_answer"] = "; ".join(automatic.reasons)
        await self._audit(uow, "ticket_opened", stored, ticket.id, **detail)

    async def _audit(
        self, uow: UnitOfWork, action: str, stored: StoredEmail, ticket_id: int | None, **detail: str
    ) -> None:
        await uow.audit.add(
            action,
            trace_id=stored.trace_id,
            ticket_id=ticket_id,
            actor=ACTOR,
            now=self._services.clock(),
            **detail,
        )


async def _readable(email: InboundEmail) -> InboundEmail:
    """With a text body also where the mail brought HTML only."""
    if email.text.strip() or not email.html:
        return email
    # Hostile HTML takes long to read: not on the event loop.
    return email.model_copy(update={"text": await asyncio.to_thread(html_text.to_text, email.html)})
