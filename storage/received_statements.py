"""The two rows that a received mail becomes, the same for every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Insert, Select, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import emails, outbox

if TYPE_CHECKING:
    from storage.received import ReceivedEmail

TRIAGE_KIND = "triage"
TRIAGE_LANE = "triage"

EMAIL_COLUMNS = (
    "trace_id",
    "tenant",
    "source",
    "provider",
    "dedup_key",
    "content_type",
    "raw",
    "normalised",
    "parse_error",
    "message_id",
    "received_at",
    "state",
)
TRIAGE_COLUMNS = (
    "kind",
    "lane",
    "dedup_key",
    "payload",
    "trace_id",
    "state",
    "attempts",
    "due_at",
    "created_at",
)


def email_row(email: ReceivedEmail) -> dict[str, Any]:
    return {name: getattr(email, name) for name in EMAIL_COLUMNS[:-1]} | {"state": "in_flight"}


def triage_row(email: ReceivedEmail) -> dict[str, Any]:
    return {
        "kind": TRIAGE_KIND,
        "lane": TRIAGE_LANE,
        "dedup_key": f"{TRIAGE_KIND}:{email.trace_id}",
        "payload": "{}",
        "trace_id": email.trace_id,
        "state": "ready",
        "attempts": 0,
        "due_at": email.received_at,
        "created_at": email.received_at,
    }


def insert_email(dialect_name: str) -> Insert:
    """Insert unless the delivery is known."""
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    statement: Insert = dialect.insert(emails)
    return statement.on_conflict_do_nothing(  # type: ignore[attr-defined,no-any-return] # of both dialects
        index_elements=["tenant", "source", "dedup_key"]
    )


def select_first() -> Select[tuple[str]]:
    """The trace id of the first delivery with the same key."""
    return select(emails.c.trace_id).where(
        emails.c.tenant == bindparam("tenant"),
        emails.c.source == bindparam("source"),
        emails.c.dedup_key == bindparam("dedup_key"),
    )


def insert_triage() -> Insert:
    return insert(outbox).inline()
