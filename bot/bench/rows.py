"""The rows that one mail becomes, for the hand-written floors: as many and as large as Deskbell's own.

A time is what the driver takes for one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import re2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_PATTERNS = tuple(
    rf"\b(?:{verb})(?:ed|ing|s)?\b.{{0,40}}\b{noun}s?\b"
    for verb in ("refund|charge", "return|exchange", "deliver|send|come", "log in|sign in")
    for noun in ("invoice", "parcel|order", "password|account", "lamp|shade|bulb")
)

Table: TypeAlias = tuple[tuple[str, ...], list[tuple[Any, ...]]]
"""Columns, and rows of them."""

TICKET = (
    "tenant", "trace_id", "queue", "subject", "requester_email", "requester_name", "tier", "state", "priority",
    "created_at", "response_due_at",
)  # fmt: skip
MESSAGE = ("ticket_id", "kind", "message_id", "author", "body", "created_at", "trace_id")
MESSAGE_ID = ("tenant", "message_id", "ticket_id", "is_own")
AUDIT = ("trace_id", "ticket_id", "at", "actor", "action", "detail")
OUTBOX = (
    "kind", "lane", "ordering_key", "dedup_key", "payload", "trace_id", "state", "attempts", "due_at", "created_at",
)  # fmt: skip
EMAIL = ("id", "ticket_id", "decision", "circumstances")
DONE = ("id", "done_at")


@dataclass(frozen=True, slots=True)
class Mail:
    """A stored mail and the id of its triage entry."""

    entry_id: int
    email_id: int
    trace_id: str
    normalised: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a mail says, and where it goes."""

    mail: Mail
    parsed: dict[str, Any]
    matched: list[int]

    def ticket(self, now: Any) -> tuple[Any, ...]:
        sender = self.parsed["sender"]
        return (
            "bench", self.mail.trace_id, "orders", self.parsed["subject"], sender["email"], sender["name"], "standard",
            "open", "normal", now, now,
        )  # fmt: skip

    def rest(self, ticket_id: int, now: Any) -> dict[str, list[tuple[Any, ...]]]:
        """By table, what follows from the ticket's number."""
        trace_id, message_id = self.mail.trace_id, self.parsed["message_id"]
        because = [{"pattern": number, "text": "order"} for number in self.matched]
        decision = {"queue": "orders", "intent": "parcel", "confidence": 0.9, "because": because}
        key = f"ticket:{ticket_id}"
        return {
            "messages": [
                (
                    ticket_id,
                    "inbound",
                    message_id,
                    self.parsed["sender"]["email"],
                    self.parsed["text"],
                    now,
                    trace_id,
                )
            ],
            "message_ids": [("bench", message_id, ticket_id, False)],
            "audit": [
                (trace_id, ticket_id, now, "deskbell", "ticket_opened", json.dumps({"queue": "orders"}))
            ],
            "outbox": [
                self._effect("slack.post_card", "slack.post:#orders", None, key, ticket_id, now),
                self._effect(
                    "email.acknowledge", "smtp", f"email.acknowledge:{ticket_id}", key, ticket_id, now
                ),
            ],
            "emails": [(self.mail.email_id, ticket_id, json.dumps(decision), '{"tier":"standard"}')],
            "done": [(self.mail.entry_id, now)],
        }

    def _effect(
        self, kind: str, lane: str, dedup_key: str | None, key: str, ticket_id: int, now: Any
    ) -> tuple[Any, ...]:
        payload = json.dumps({"ticket_id": ticket_id})
        return (kind, lane, key, dedup_key, payload, self.mail.trace_id, "ready", 0, now, now)


def decider() -> Callable[[Mail], Decided]:
    """Decodes a mail and looks for all words in one pass."""
    patterns = re2.Set.SearchSet()
    for pattern in _PATTERNS:
        patterns.Add(f"(?i){pattern}")
    patterns.Compile()

    def decide(mail: Mail) -> Decided:
        parsed = json.loads(mail.normalised)
        return Decided(mail, parsed, patterns.Match(f"{parsed['subject']}\n{parsed['text']}"))

    return decide


def merged(parts: list[dict[str, list[tuple[Any, ...]]]]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of many mails, by table."""
    return {table: [row for part in parts for row in part[table]] for table in parts[0]}


def batches(tables: Mapping[str, Table], size: int) -> Iterator[dict[str, Table]]:
    """The same rows in portions of `size`."""
    count = max(len(values) for _, values in tables.values())
    for begin in range(0, count, size):
        yield {name: (columns, values[begin : begin + size]) for name, (columns, values) in tables.items()}
