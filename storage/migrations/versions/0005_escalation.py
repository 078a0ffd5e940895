"""Escalations by a policy: their state, each step that ran, who was asked by hand, whose turn it is."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcDateTime

revision = "0005"
down_revision = "0004"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _partial(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    _extend_escalations()
    _sort_out_earlier_ones()
    op.create_index(
        "ix_escalations_open", "escalations", ["ticket_id"], unique=True, **_partial("state <> 'ended'")
    )
    op.create_index("ix_tickets_arrivals", "tickets", ["created_at", "queue"])
    _extend_pages()
    op.create_table(
        "escalation_steps",
        sa.Column("escalation_id", BIG_ID, nullable=False),
        sa.Column("lap", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("ran_at", UtcDateTime(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name=op.f("fk_escalation_steps_escalation_id_escalations")
        ),
        sa.PrimaryKeyConstraint("escalation_id", "lap", "position", name=op.f("pk_escalation_steps")),
    )
    op.create_table(
        "escalation_responders",
        sa.Column("escalation_id", BIG_ID, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("is_in_charge", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalations.id"],
            name=op.f("fk_escalation_responders_escalation_id_escalations"),
        ),
        sa.PrimaryKeyConstraint("escalation_id", "person", name=op.f("pk_escalation_responders")),
    )
    op.create_table(
        "turns",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "person", name=op.f("pk_turns")),
    )


def _extend_escalations() -> None:
    """SQLite wants a default for each new column; the program writes all of them."""
    for column in (
        sa.Column("trigger", sa.Text(), nullable=False, server_default="pressed"),
        sa.Column("policy", sa.Text(), nullable=False, server_default='{"steps":[{"stop":true}]}'),
        sa.Column("state", sa.Text(), nullable=False, server_default="ended"),
        sa.Column("generation", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("lap", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("repeats", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("position", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("is_unanswered", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_asked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("snoozed_by", sa.Text(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
    ):
        op.add_column("escalations", column)


def _sort_out_earlier_ones() -> None:
    """They called once and had no next step. The newest of an open ticket may still want somebody."""
    op.execute(
        """
        UPDATE escalations
        SET state = CASE WHEN acknowledged_at IS NULL THEN 'exhausted' ELSE 'acknowledged' END
        WHERE id IN (
            SELECT max(earlier.id) FROM escalations AS earlier
            JOIN tickets ON tickets.id = earlier.ticket_id
            WHERE tickets.state = 'open' GROUP BY earlier.ticket_id
        )
        """
    )
    op.execute(
        """
        UPDATE escalations
        SET ended_at = coalesce(acknowledged_at, started_at), ended_because = 'it is of an earlier release',
            ended_by = 'deskbell'
        WHERE state = 'ended'
        """
    )


def _extend_pages() -> None:
    """Somebody may be called more than once, and each of the messages is to say what became of it."""
    with op.batch_alter_table("pages") as batch:
        batch.add_column(sa.Column("role", sa.Text(), nullable=False, server_default="copy"))
        batch.drop_constraint("pk_pages", type_="primary")
        batch.create_primary_key("pk_pages", ["escalation_id", "channel", "ts"])
