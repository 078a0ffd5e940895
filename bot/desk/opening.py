"""Opens a ticket for a mail: routes it, promises an answer, posts the card and acknowledges."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot import effects
from bot.desk import clocks, joining, messages
from bot.escalation import triggers
from bot.incidents import gathering
from bot.telemetry import log
from routing import engine, sla_trail
from routing.circumstances import Circumstances
from routing.decision import Priority
from routing.email import Address
from routing.requester import Requester
from routing.ticket import Relation

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import SupportConfig
    from bot.desk.arrival import Arrival
    from bot.desk.joining import Place
    from bot.services import Services
    from routing.decision import RoutingDecision
    from routing.rules import Ruleset
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def open_ticket(
    services: Services,
    uow: UnitOfWork,
    arrival: Arrival,
    place: Place | None = None,
    *,
    acknowledges: bool = True,
) -> Ticket:
    """The new ticket; `place` says which other one it is tied to.

    `acknowledges` is off for a mail that the customer has an answer to already.
    """
    place = place or joining.Place()
    now = services.clock()
    config = services.config  # once: a reload between two looks would mix the old desk with the new one
    known_as = (arrival.lookup and arrival.lookup.requester) or Requester()
    requester = _named(arrival.email.answer_to or Address(email=""), known_as)
    tier = config.tier_of(requester.email, told=known_as.tier)
    known = _circumstances(config, arrival, place, tier)
    facts = engine.RoutingFacts(email=arrival.email, known=known)
    # A long mail takes its time: not on the event loop.
    decision = await asyncio.to_thread(engine.route, facts, config.ruleset(), config.guesser)
    is_automatic = arrival.automatic.is_automatic
    policy = config.sla_policy(decision.queue, tier, told=known_as.sla)
    ticket = await uow.tickets.open(
        tenant=arrival.stored.tenant,
        trace_id=arrival.trace_id,
        queue=decision.queue,
        subject=arrival.email.subject,
        requester=requester,
        tier=tier,
        priority=Priority.LOW if is_automatic else decision.priority,
        now=now,
        # A robot waits for no answer.
        response_due_at=None if is_automatic else policy.first_due_at(now),
        related_id=place.related.id if place.related else None,
        relation=place.relation,
        storm_intent=gathering.counts_as(config, decision, is_automatic=is_automatic),
    )
    await uow.emails.finish(
        arrival.trace_id,
        ticket_id=ticket.id,
        decision=decision,
        circumstances=known,
        email=arrival.completed,
    )
    await _remember(uow, arrival.trace_id, decision, config.ruleset(), now)
    await messages.add_inbound(services, uow, arrival, ticket)
    await _audit(uow, arrival, ticket, decision, place)
    await clocks.promise(services, uow, ticket, policy)
    is_gathered = await gathering.gather(services, uow, ticket, decision, is_automatic=is_automatic)
    ticket = await messages.heed_urgent_word(services, uow, arrival, ticket)
    if not is_gathered:
        if not is_automatic:
            ticket = await triggers.opened(services, uow, ticket, decision)
        await effects.post_card(uow, ticket, channel=config.queue(ticket.queue).channel, now=now)
    if acknowledges:
        await effects.acknowledge(uow, ticket, now=now)
    services.metrics.routed.labels(ticket.queue).inc()
    log.info("ticket_opened", trace_id=arrival.trace_id, ticket=ticket.id, queue=ticket.queue)
    return ticket


async def _remember(
    uow: UnitOfWork, trace_id: str, decision: RoutingDecision, ruleset: Ruleset, now: datetime
) -> None:
    """Keep the rules that decided, and which of them had an effect."""
    await uow.rulesets.remember(decision.ruleset, ruleset.canonical_json, now=now)
    await uow.rule_hits.add(decision.applied, trace_id=trace_id, now=now)


def _named(address: Address, known_as: Requester) -> Address:
    """Who gives no name in the mail has the one of the directory."""
    return address if address.name or not known_as.name else Address(email=address.email, name=known_as.name)


def _circumstances(config: SupportConfig, arrival: Arrival, place: Place, tier: str) -> Circumstances:
    source = config.sources.get(arrival.stored.source)
    return Circumstances(
        tier=tier,
        default_queue=source.default_queue if source else None,
        is_follow_up=place.relation is Relation.FOLLOWS,
        language=arrival.asked.language,
        detected_types=arrival.asked.detected_types,
        authentication=arrival.authentication,
        lookup=arrival.lookup,
    )


async def _audit(
    uow: UnitOfWork,
    arrival: Arrival,
    ticket: Ticket,
    decision: RoutingDecision,
    place: Place,
) -> None:
    detail = {
        "queue": decision.queue,
        "intent": decision.intent,
        "confidence": f"{decision.confidence:.0%}",
        "rule": decision.rule or "none",
    }
    if arrival.automatic.is_automatic:
        detail["automatic"] = sla_trail.YES
    if arrival.automatic.reasons:
        detail["no_automatic_answer"] = "; ".join(arrival.automatic.reasons)
    if arrival.lookup and arrival.lookup.failure:
        detail["not_looked_up"] = arrival.lookup.failure
    if place.reason:
        detail["not_joined"] = place.reason
    await uow.audit.add(
        "ticket_opened",
        trace_id=arrival.trace_id,
        ticket_id=ticket.id,
        actor=messages.ACTOR,
        now=ticket.created_at,  # its clocks start with it
        **detail,
    )
