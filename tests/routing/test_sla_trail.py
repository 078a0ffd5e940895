"""Clocks from an audit trail alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from routing import sla_policy, sla_trail
from routing.business_hours import BusinessHours
from routing.sla_clock import Clock, Outcome
from routing.sla_policy import Metric, Policy
from routing.ticket import AuditEntry

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN = BusinessHours(zone="Europe/Berlin")
# Friday, 27 March 2026, 15:00 in Berlin: the clocks go forward on Sunday.
FRIDAY = datetime(2026, 3, 27, 14, 0, tzinfo=UTC)
POLICY = Policy(first_response=4 * HOUR, next_response=2 * HOUR, resolution=8 * HOUR, hours=BERLIN)


def entry(action: str, after: timedelta, trace_id: str = "trace-1", **detail: str) -> AuditEntry:
    return AuditEntry(
        trace_id=trace_id, ticket_id=1001, at=FRIDAY + after, actor="U1", action=action, detail=detail
    )


def opened(policy: Policy = POLICY) -> list[AuditEntry]:
    promise = sla_policy.written(policy)
    return [
        entry("ticket_opened", timedelta(), queue="billing"),
        entry(sla_trail.PROMISED, timedelta(), **promise),
    ]


def clocks(*trail: AuditEntry) -> dict[tuple[Metric, int], Clock]:
    return {(clock.metric, clock.number): clock for clock in sla_trail.read(trail).clocks}


def test_the_deadline_is_by_the_clock_on_the_wall_over_a_weekend_that_changes_it() -> None:
    first = clocks(*opened())[Metric.FIRST_RESPONSE, 1]
    assert first.due_at == datetime(2026, 3, 30, 9, 0, tzinfo=UTC), "Monday, 11:00 of summer time"
    assert first.warning_at == datetime(2026, 3, 30, 8, 12, tzinfo=UTC)


def test_a_pause_moves_the_deadline_by_the_working_time_in_it() -> None:
    answered = entry("reply_sent", HOUR)
    back = entry("joined", 3 * DAY, "trace-2")  # Monday, 16:00 of summer time
    paused = clocks(*opened(), answered)[Metric.RESOLUTION, 1]
    assert (paused.is_paused, paused.due_at) == (True, None)
    resumed = clocks(*opened(), answered, back)[Metric.RESOLUTION, 1]
    assert resumed.used(FRIDAY + 3 * DAY) == HOUR
    assert resumed.paused(FRIDAY + 3 * DAY) == 8 * HOUR, "one hour of Friday, and seven of Monday"
    assert resumed.due_at == datetime(2026, 3, 31, 13, 0, tzinfo=UTC)


def test_time_that_was_used_up_before_a_pause_stays_used_up() -> None:
    late = clocks(*opened(), entry("reply_sent", 5 * DAY))
    assert late[Metric.RESOLUTION, 1].due_at == datetime(2026, 3, 30, 13, 0, tzinfo=UTC)
    assert late[Metric.RESOLUTION, 1].breached_at is None, "nobody has told yet"
    assert late[Metric.FIRST_RESPONSE, 1].breached_at == late[Metric.FIRST_RESPONSE, 1].due_at


def test_at_the_very_deadline_it_is_kept() -> None:
    due_at = clocks(*opened())[Metric.FIRST_RESPONSE, 1].due_at
    assert due_at
    on_time = clocks(*opened(), entry("reply_sent", due_at - FRIDAY))[Metric.FIRST_RESPONSE, 1]
    assert (on_time.outcome, on_time.breached_at, on_time.used(FRIDAY)) == (Outcome.MET, None, 4 * HOUR)


def test_a_trail_whose_processes_disagree_about_the_time_never_runs_backwards() -> None:
    ends = clocks(*opened(), entry("reply_sent", HOUR), entry("resolved", HOUR / 2))
    assert ends[Metric.RESOLUTION, 1].ended_at == FRIDAY + HOUR


def test_what_a_robot_opened_is_promised_to_the_person_who_writes_later() -> None:
    promise = sla_policy.written(POLICY)
    robot = [
        entry("ticket_opened", timedelta(), automatic=sla_trail.YES),
        entry(sla_trail.PROMISED, timedelta(), **promise),
        entry("joined", HOUR / 2, "trace-2", automatic=sla_trail.YES),
    ]
    assert clocks(*robot) == {}
    assert (
        clocks(*robot, entry("joined", HOUR, "trace-3"))[Metric.FIRST_RESPONSE, 1].started_at == FRIDAY + HOUR
    )


def test_who_reopens_without_a_customer_waiting_only_starts_the_resolution() -> None:
    again = clocks(*opened(), entry("reply_sent", HOUR), entry("resolved", HOUR), entry("reopened", 2 * HOUR))
    assert set(again) == {(Metric.FIRST_RESPONSE, 1), (Metric.RESOLUTION, 1), (Metric.RESOLUTION, 2)}
    assert again[Metric.RESOLUTION, 2].is_running


def test_what_was_split_off_was_never_here_but_what_came_back_is() -> None:
    answered = [*opened(), entry("reply_sent", HOUR)]
    merge = entry("took_in", 2 * HOUR, ticket="DB-1002", waits=sla_trail.YES)
    split = entry("split_off", 3 * HOUR, ticket="DB-1002", mail="trace-9")
    once_more = entry("took_in", 4 * HOUR, ticket="DB-1002", waits=sla_trail.YES)
    assert clocks(*answered, merge, split) == clocks(*answered)
    back = clocks(*answered, merge, split, once_more)
    assert back[Metric.NEXT_RESPONSE, 1].started_at == FRIDAY + 4 * HOUR
    assert clocks(*answered, merge, split, once_more, split) == clocks(*answered)


def test_a_new_promise_is_warned_of_anew() -> None:
    told = [
        *opened(),
        entry(sla_trail.WARNED, 3 * HOUR, metric="first_response", number="1"),
        entry(sla_trail.BREACHED, 4 * HOUR, metric="first_response", number="1"),
    ]
    before = clocks(*told)[Metric.FIRST_RESPONSE, 1]
    assert before.warned_at == FRIDAY + 3 * HOUR
    assert before.breached_at == before.due_at
    longer = sla_policy.written(Policy(first_response=DAY))
    after = clocks(*told, entry(sla_trail.PROMISED, 5 * HOUR, **longer))[Metric.FIRST_RESPONSE, 1]
    assert (after.warned_at, after.breached_at, after.due_at) == (None, None, FRIDAY + DAY)


def test_a_ticket_from_before_there_were_clocks_has_none() -> None:
    account = sla_trail.read([entry("ticket_opened", timedelta()), entry("resolved", HOUR)])
    assert (account.clocks, account.policy, account.is_customer_waiting) == ((), None, True)
