"""Incidents: many tickets of one cause, and the mails that tell their requesters."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcDateTime

revision = "0006"
down_revision = "0005"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _partial(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    op.add_column("tickets", sa.Column("storm_intent", sa.Text(), nullable=True))
    op.create_index(
        "ix_tickets_storm",
        "tickets",
        ["tenant", "storm_intent", "created_at"],
        **_partial("storm_intent IS NOT NULL"),
    )
    op.create_table(
        "incidents",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("gathers", sa.Text(), nullable=True),
        sa.Column("first_ticket_id", BIG_ID, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("last_joined_at", UtcDateTime(), nullable=False),
        sa.Column("digested_at", UtcDateTime(), nullable=False),
        sa.Column("commander_id", sa.Text(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("room", sa.Text(), nullable=True),
        _refers("incidents", "first_ticket_id", "tickets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_incidents_gathering",
        "incidents",
        ["tenant", "intent"],
        unique=True,
        **_partial("gathers IS NOT NULL"),
    )
    op.create_index("ix_incidents_open", "incidents", ["id"], **_partial("state = 'open'"))
    op.create_index("ix_incidents_opened_at", "incidents", ["opened_at"])
    op.create_table(
        "incident_tickets",
        sa.Column("ticket_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("incident_id", BIG_ID, nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("has_card", sa.Boolean(), nullable=False),
        sa.Column("follow_ups", sa.Integer(), server_default="0", nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=True),
        _refers("incident_tickets", "ticket_id", "tickets"),
        _refers("incident_tickets", "incident_id", "incidents"),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_incident_tickets")),
    )
    op.create_index("ix_incident_tickets_incident_id", "incident_tickets", ["incident_id", "ticket_id"])
    op.create_index(
        "ix_incident_tickets_untold",
        "incident_tickets",
        ["incident_id", "ticket_id"],
        **_partial("digest IS NULL"),
    )
    op.create_table(
        "incident_updates",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("incident_id", BIG_ID, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        _refers("incident_updates", "incident_id", "incidents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_updates")),
    )
    op.create_index("ix_incident_updates_incident_id", "incident_updates", ["incident_id", "id"])
    op.create_table(
        "incident_mails",
        sa.Column("update_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("ticket_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        _refers("incident_mails", "update_id", "incident_updates"),
        _refers("incident_mails", "ticket_id", "tickets"),
        sa.PrimaryKeyConstraint("update_id", "ticket_id", name=op.f("pk_incident_mails")),
    )
    op.create_index(
        "ix_incident_mails_waiting",
        "incident_mails",
        ["update_id", "ticket_id"],
        **_partial("state = 'waiting'"),
    )
