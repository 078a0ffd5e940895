"""Every effect once: its kind, its lane and its payload. Nothing goes out but by these.

A lane is a destination with its own pace. Posting and editing have lanes of their own, so that a queue of new cards
never holds up the edit that shows who claimed one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.outbox import OutboxEntry
from storage.received_statements import TRIAGE_KIND, TRIAGE_LANE
from storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from datetime import datetime

    from routing.attachment import StoredAttachment
    from routing.ticket import Ticket

Record = Callable[[UnitOfWork], Awaitable[None]]
"""Writes down what an effect brought, in the transaction that finishes its entry."""

Effect = Callable[[OutboxEntry], Awaitable[Record]]
"""Performs one entry. It may run twice for an entry, never twice at a time. Raises DeliveryError when it failed."""


async def nothing(_uow: UnitOfWork) -> None:
    """The Record of an effect that leaves nothing to write down."""


class Kind(StrEnum):
    """Kinds of outbox entries; stored strings, stable for ever."""

    TRIAGE = TRIAGE_KIND
    POST_CARD = "slack.post_card"
    UPDATE_CARD = "slack.update_card"
    RETIRE_CARD = "slack.retire_card"
    POST_UNPARSEABLE = "slack.post_unparseable"
    POST_FOLLOW_UP = "slack.post_follow_up"
    POST_SENT_REPLY = "slack.post_sent_reply"
    POST_UNDELIVERED = "slack.post_undelivered"
    PAGE = "slack.page"
    PAGE_GROUP = "slack.page_group"
    UPDATE_PAGE = "slack.update_page"
    PAGE_NOTE = "slack.page_note"
    ASK_PROGRESS = "slack.ask_progress"
    ESCALATION_STEP = "escalation.step"
    ESCALATION_UNCLAIMED = "escalation.unclaimed"
    NOTIFY_OPERATORS = "slack.notify_operators"
    REPLAY = "slack.replay"
    APPLY_REPLAY = "slack.apply_replay"
    UNDO_REPLAY = "slack.undo_replay"
    UPDATE_REPLAY = "slack.update_replay"
    PAGER_TRIGGER = "pager.trigger"
    PAGER_ACKNOWLEDGE = "pager.acknowledge"
    PAGER_RESOLVE = "pager.resolve"
    PAGE_BY_MAIL = "email.page"
    SHARE_REPLAY = "slack.share_replay"
    ACKNOWLEDGE = "email.acknowledge"
    REPLY = "email.reply"
    STORE_ATTACHMENT = "attachments.store"
    SCAN_ATTACHMENT = "attachments.scan"
    RETAIN = "retention.retain"
    ON_CALL_WATCH = "on_call.watch"
    ON_CALL_REFRESH = "on_call.refresh"
    ON_CALL_SYNC_GROUP = "on_call.sync_group"
    ON_CALL_TELL = "on_call.tell"
    ON_CALL_ASK_SWAP = "on_call.ask_swap"
    ON_CALL_UPDATE_SWAP = "on_call.update_swap"
    ON_CALL_EXPIRE_SWAP = "on_call.expire_swap"
    SLA_WARN = "sla.warn"
    SLA_BREACH = "sla.breach"
    POST_SLA = "slack.post_sla"
    POST_INCIDENT_CARD = "slack.post_incident_card"
    UPDATE_INCIDENT_CARD = "slack.update_incident_card"
    INCIDENT_DIGEST = "incident.digest"
    POST_INCIDENT_DIGEST = "slack.post_incident_digest"
    MAIL_INCIDENT = "incident.mail"
    INCIDENT_UPDATE = "email.incident_update"
    RESOLVE_INCIDENT = "incident.resolve_tickets"
    CREATE_INCIDENT_ROOM = "slack.create_incident_room"
    POST_POSTMORTEM = "slack.post_postmortem"


SLACK_READ_LANE = "slack.read"
MAIL_LANE = "smtp"
PAGE_MAIL_LANE = "smtp.page"
STORE_LANE = "attachments.store"
SCAN_LANE = "attachments.scan"
ESCALATION_LANE = "escalation"
REPLAY_LANE = "replay"
REPLAY_MOVE_LANE = "replay.move"
RULES_TRACE = "rules"
"""Trace id of what happens to the rules as a whole."""


def posting_lane(channel: str) -> str:
    return f"slack.post:{channel}"


def editing_lane(channel: str) -> str:
    return f"slack.edit:{channel}"


def ticket_key(ticket_id: int) -> str:
    """What keeps the effects of one ticket in their order."""
    return f"ticket:{ticket_id}"


async def triage_released(uow: UnitOfWork, trace_id: str, *, now: datetime) -> None:
    """Decide about a parked mail once more, as a person wishes, even if it looks like a loop."""
    await uow.outbox.enqueue(
        Kind.TRIAGE, lane=TRIAGE_LANE, payload={"is_released": True}, trace_id=trace_id, now=now
    )


async def post_card(
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    channel: str,
    now: datetime,
    note: str = "",
    moved_from: tuple[str, str] | None = None,
    moved_by: str = "",
) -> None:
    """Post the card of a ticket; `moved_from` is the channel and ts of the card that it replaces."""
    await uow.outbox.enqueue(
        Kind.POST_CARD,
        lane=posting_lane(channel),
        ordering_key=ticket_key(ticket.id),
        payload={
            "ticket_id": ticket.id,
            "queue": ticket.queue,
            "channel": channel,
            "note": note,
            "moved_from": moved_from,
            "moved_by": moved_by,
        },
        trace_id=ticket.trace_id,
        now=now,
    )


async def update_card(uow: UnitOfWork, ticket: Ticket, *, now: datetime) -> None:
    """Show the state of the ticket on its card; edits that still wait become one."""
    if ticket.card_channel is None:
        return  # not posted yet: it will show the state of its own time
    await uow.outbox.enqueue_once_ready(
        Kind.UPDATE_CARD,
        lane=editing_lane(ticket.card_channel),
        ordering_key=ticket_key(ticket.id),
        payload={"ticket_id": ticket.id},
        trace_id=ticket.trace_id,
        now=now,
    )


async def retire_card(
    uow: UnitOfWork, ticket: Ticket, *, old: tuple[str, str], new_channel: str, moved_by: str, now: datetime
) -> None:
    """Say in the old channel where the card went."""
    channel, ts = old
    await uow.outbox.enqueue(
        Kind.RETIRE_CARD,
        lane=editing_lane(channel),
        ordering_key=ticket_key(ticket.id),
        payload={
            "ticket_id": ticket.id,
            "channel": channel,
            "ts": ts,
            "new_channel": new_channel,
            "moved_by": moved_by,
        },
        trace_id=ticket.trace_id,
        now=now,
    )


async def post_unparseable(uow: UnitOfWork, trace_id: str, *, channel: str, now: datetime) -> None:
    await uow.outbox.enqueue(
        Kind.POST_UNPARSEABLE,
        lane=posting_lane(channel),
        payload={"channel": channel},
        trace_id=trace_id,
        now=now,
    )


async def post_in_thread(
    uow: UnitOfWork,
    kind: Kind,
    ticket: Ticket,
    *,
    channel: str,
    message_row_id: int,
    trace_id: str,
    now: datetime,
) -> None:
    """Tell the card's thread of a message that came or went."""
    await uow.outbox.enqueue(
        kind,
        lane=posting_lane(channel),
        ordering_key=ticket_key(ticket.id),
        # The ticket, too: what is merged is told once more, in the thread of the other card.
        dedup_key=f"{kind}:{ticket.id}:{message_row_id}",
        payload={"ticket_id": ticket.id, "message_row_id": message_row_id, "trace_id": trace_id},
        trace_id=ticket.trace_id,
        now=now,
    )


async def post_undelivered(
    uow: UnitOfWork, ticket: Ticket, *, channel: str, trace_id: str, now: datetime
) -> None:
    """Tell the card's thread of a mail that came back; `trace_id` is that of the bounce."""
    await uow.outbox.enqueue(
        Kind.POST_UNDELIVERED,
        lane=posting_lane(channel),
        ordering_key=ticket_key(ticket.id),
        dedup_key=f"{Kind.POST_UNDELIVERED}:{trace_id}",
        payload={"ticket_id": ticket.id, "trace_id": trace_id},
        trace_id=ticket.trace_id,
        now=now,
    )


async def acknowledge(uow: UnitOfWork, ticket: Ticket, *, now: datetime) -> None:
    """Mail the customer the ticket's number; once a ticket, whatever happens."""
    await uow.outbox.enqueue(
        Kind.ACKNOWLEDGE,
        lane=MAIL_LANE,
        ordering_key=ticket_key(ticket.id),
        dedup_key=f"{Kind.ACKNOWLEDGE}:{ticket.id}",
        payload={"ticket_id": ticket.id},
        trace_id=ticket.trace_id,
        now=now,
    )


async def reply(uow: UnitOfWork, ticket: Ticket, *, message_row_id: int, now: datetime) -> None:
    """Mail an agent's answer to who is the requester now, whoever that will be when it goes out."""
    await uow.outbox.enqueue(
        Kind.REPLY,
        lane=MAIL_LANE,
        ordering_key=ticket_key(ticket.id),
        dedup_key=f"{Kind.REPLY}:{message_row_id}",
        payload={
            "ticket_id": ticket.id,
            "message_row_id": message_row_id,
            "to": ticket.requester.model_dump(),
        },
        trace_id=ticket.trace_id,
        now=now,
    )


async def notify_operators(
    uow: UnitOfWork, text: str, *, channel: str, trace_id: str, now: datetime, dedup_key: str | None = None
) -> bool:
    """Tell the operators' channel something that a person should know; False where `dedup_key` says it is told."""
    entry_id = await uow.outbox.enqueue(
        Kind.NOTIFY_OPERATORS,
        lane=posting_lane(channel),
        dedup_key=dedup_key,
        payload={"text": text, "channel": channel},
        trace_id=trace_id,
        now=now,
    )
    return entry_id is not None


async def store_attachment(uow: UnitOfWork, file: StoredAttachment, *, now: datetime) -> None:
    """Put a file of a mail into the blob store; once, whatever becomes of the mail's ticket."""
    await uow.outbox.enqueue(
        Kind.STORE_ATTACHMENT,
        lane=STORE_LANE,
        dedup_key=f"{Kind.STORE_ATTACHMENT}:{file.trace_id}:{file.position}",
        payload={"position": file.position},
        trace_id=file.trace_id,
        now=now,
    )


async def scan_attachment(uow: UnitOfWork, file: StoredAttachment, *, now: datetime) -> None:
    """Look through a stored file for viruses."""
    await uow.outbox.enqueue(
        Kind.SCAN_ATTACHMENT,
        lane=SCAN_LANE,
        dedup_key=f"{Kind.SCAN_ATTACHMENT}:{file.trace_id}:{file.position}",
        payload={"position": file.position},
        trace_id=file.trace_id,
        now=now,
    )


async def replay(uow: UnitOfWork, kind: Kind, replay_id: int, *, actor: str, now: datetime) -> None:
    """Run a replay, or move the tickets that it would move, or move them back."""
    await uow.outbox.enqueue(
        kind,
        lane=REPLAY_LANE if kind is Kind.REPLAY else REPLAY_MOVE_LANE,
        ordering_key=f"replay:{replay_id}",
        dedup_key=f"{kind}:{replay_id}",
        payload={"replay_id": replay_id, "actor": actor},
        trace_id=RULES_TRACE,
        now=now,
    )


async def update_replay(
    uow: UnitOfWork, replay_id: int, *, channel: str, now: datetime, due_at: datetime | None = None
) -> None:
    """Show on the message of a replay how things are."""
    await uow.outbox.enqueue(
        Kind.UPDATE_REPLAY,
        lane=editing_lane(channel),
        payload={"replay_id": replay_id},
        trace_id=RULES_TRACE,
        now=now,
        due_at=due_at,
    )
