"""When an incident opens, what it gathers, and when it may be shown: tables of pure decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing import incidents
from routing.incidents import Counts, Gathers, Incident, IncidentState, Opening

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
INCIDENT = Incident(
    id=7,
    tenant="acme",
    intent="malfunction",
    title="The page says 503",
    opening=Opening.STORM,
    state=IncidentState.OPEN,
    gathers=Gathers.ALL,
    first_ticket_id=1001,
    opened_by="deskbell",
    opened_at=NOW,
    last_joined_at=NOW,
    digested_at=NOW,
)
COUNTS = Counts(
    tickets=40, open=40, recent=30, follow_ups=0, tiers={}, queues={}, first_at=NOW, newest_ticket_id=1040
)


@pytest.mark.parametrize(
    ("gathers", "is_flagged", "takes"),
    [
        (Gathers.ALL, False, True),
        (Gathers.ALL, True, True),
        (Gathers.FLAGGED, True, True),
        (Gathers.FLAGGED, False, False),
        (None, True, False),
    ],
)
def test_which_tickets_join(gathers: Gathers | None, *, is_flagged: bool, takes: bool) -> None:
    assert incidents.takes(replace(INCIDENT, gathers=gathers), is_flagged=is_flagged) is takes


@pytest.mark.parametrize(
    ("intent", "queue", "is_automatic", "nowhere"),
    [
        ("malfunction", "tech", False, False),
        ("malfunction", "tech", True, True),
        ("order_status", "orders", False, True),
        ("malfunction", "abuse", False, True),
    ],
)
def test_what_belongs_to_no_incident(intent: str, queue: str, *, is_automatic: bool, nowhere: bool) -> None:
    assert nowhere is incidents.belongs_nowhere(
        intent,
        queue=queue,
        is_automatic=is_automatic,
        without=frozenset({"order_status"}),
        without_queues=frozenset({"abuse"}),
    )


def test_what_no_rule_knows_is_no_storm() -> None:
    assert incidents.can_be_storm("malfunction")
    assert not incidents.can_be_storm("unknown")


def test_one_that_nothing_joins_is_quiet_after_its_window() -> None:
    assert not incidents.is_quiet(INCIDENT, now=NOW + 30 * MINUTE, join_for=30 * MINUTE)
    assert incidents.is_quiet(INCIDENT, now=NOW + 30 * MINUTE + SECOND, join_for=30 * MINUTE)


def test_a_join_is_noted_now_and_then() -> None:
    assert not incidents.is_worth_noting(INCIDENT, now=NOW + SECOND)
    assert incidents.is_worth_noting(INCIDENT, now=NOW + MINUTE)


def test_the_card_waits_for_its_pace_and_no_longer() -> None:
    every = 20 * SECOND
    assert incidents.next_digest_at(INCIDENT, now=NOW + SECOND, every=every) == NOW + every
    assert incidents.next_digest_at(INCIDENT, now=NOW + MINUTE, every=every) == NOW + MINUTE


@pytest.mark.parametrize(
    ("after", "rate"), [(timedelta(0), 30), (MINUTE, 30), (2 * MINUTE, 15), (timedelta(hours=1), 6)]
)
def test_the_rate_is_that_of_the_last_minutes(after: timedelta, rate: float) -> None:
    assert incidents.rate_per_minute(COUNTS, now=NOW + after) == pytest.approx(rate)
