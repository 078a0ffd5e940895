"""Looks up what the gate must know of a mail, and records what passed it or was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.replies import caps, gate
from bot.replies.gate import Refusal
from routing import robots
from routing.ticket import DESKBELL, MessageKind

if TYPE_CHECKING:
    from email.message import EmailMessage

    from bot.replies.gate import Verdict
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def judge(services: Services, uow: UnitOfWork, ticket: Ticket, *, kind: MessageKind) -> Verdict:
    """May a mail of this kind go to the ticket's requester now?"""
    recipient, now = ticket.requester, services.clock()
    blocked = await uow.blocked_addresses.get(recipient.email, now)
    sent = await uow.outbound_mails.since(recipient.email, now - caps.LONGEST_WINDOW)
    desk = services.config.desk
    allowed, is_acknowledged = True, False
    reasons: tuple[str, ...] = ()
    if kind in {MessageKind.ACKNOWLEDGEMENT, MessageKind.INCIDENT_UPDATE}:
        allowed, reasons = await _may_be_answered(services, uow, ticket)
    if kind is MessageKind.ACKNOWLEDGEMENT:
        messages = await uow.messages.of_ticket(ticket.id)
        is_acknowledged = any(message.kind is MessageKind.ACKNOWLEDGEMENT for message in messages)
    return gate.judge(
        kind=kind,
        recipient=recipient,
        own_addresses=desk.addresses,
        robot_reasons=reasons,
        answer_allowed=allowed,
        is_acknowledged=is_acknowledged,
        blocked_because=blocked.reason if blocked else None,
        broken_cap=caps.exceeded(sent, ticket_id=ticket.id, now=now),
    )


async def _may_be_answered(
    services: Services, uow: UnitOfWork, ticket: Ticket
) -> tuple[bool, tuple[str, ...]]:
    stored = await uow.emails.get(ticket.trace_id)
    if stored.email is None:
        return False, ("the mail could not be read",)
    desk = services.config.desk
    automatic = robots.judge(
        stored.email, own_addresses=frozenset(desk.addresses), authserv_ids=desk.authserv_ids
    )
    return automatic.answer_allowed, automatic.reasons


async def record_sent(services: Services, uow: UnitOfWork, ticket: Ticket, message: EmailMessage) -> None:
    """The mail counts for the caps, and the customer's answer will name its Message-ID."""
    now = services.clock()
    await uow.outbound_mails.add(ticket.requester.email, ticket_id=ticket.id, now=now)
    await uow.message_ids.add([message["Message-ID"]], tenant=ticket.tenant, ticket_id=ticket.id, is_own=True)


async def record_refused(
    services: Services, uow: UnitOfWork, ticket: Ticket, verdict: Verdict, *, action: str
) -> None:
    """A refusal is audited and counted; a broken cap is told to the operators, once an hour and address."""
    now = services.clock()
    reason = ": ".join(part for part in (verdict.refusal, verdict.detail) if part)
    services.metrics.refused.labels(verdict.refusal).inc()
    await uow.audit.add(
        action, trace_id=ticket.trace_id, ticket_id=ticket.id, actor=DESKBELL, now=now, reason=reason
    )
    if verdict.refusal is Refusal.TOO_MANY:
        await effects.notify_operators(
            uow,
            f"No more mail to the requester of {services.reference(ticket.id)} for now: {verdict.detail}. "
            f"Is a robot answering there?",
            channel=services.config.desk.operators_channel,
            trace_id=ticket.trace_id,
            now=now,
            dedup_key=f"cap:{ticket.requester.email}:{now:%Y-%m-%dT%H}",
        )
