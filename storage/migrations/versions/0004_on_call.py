"""On-call: overrides, swaps, copies of calendars elsewhere, and who was told of their shift."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcDateTime

revision = "0004"
down_revision = "0003"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _partial(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "on_call_overrides",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("start_at", UtcDateTime(), nullable=False),
        sa.Column("end_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_overrides")),
    )
    op.create_index(
        "ix_on_call_overrides_schedule",
        "on_call_overrides",
        ["schedule", "end_at"],
        **_partial("cancelled_at IS NULL"),
    )
    op.create_table(
        "on_call_swaps",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("start_at", UtcDateTime(), nullable=False),
        sa.Column("end_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_swaps")),
    )
    op.create_index(
        "ix_on_call_swaps_open", "on_call_swaps", ["requester", "start_at"], **_partial("state = 'open'")
    )
    op.create_table(
        "duty_copies",
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("fetched_at", UtcDateTime(), nullable=True),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("schedule", name=op.f("pk_duty_copies")),
    )
    op.create_table(
        "announced_shifts",
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("announced_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("schedule", name=op.f("pk_announced_shifts")),
    )
