"""What a simulation foretells: who is told what, when, on which way, and why somebody is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from routing import escalation_simulation as simulation
from routing.decision import Priority
from routing.escalation import Escalation, Trigger
from routing.escalation_policy import STANDARD, EscalationPolicy
from routing.escalation_simulation import Assumption, Lane, Surroundings, Told

START = datetime(2026, 12, 24, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NIGHT = {"U0KIM": (0, 15), "U0BO": (15, 600)}
"""From which minute on until which somebody is on call for `schedule:night`; then nobody."""


def on_call_at(target: str, at: datetime) -> tuple[str, ...]:
    if target != "schedule:night":
        return (target,)
    minute = (at - START) // MINUTE
    return tuple(person for person, (begins, ends) in NIGHT.items() if begins <= minute < ends)


def foretold(*steps: dict[str, Any], policy: EscalationPolicy | None = None, **changes: Any) -> list[Told]:
    policy = policy or EscalationPolicy.model_validate({"steps": steps})
    start = changes.pop("start", START)
    targets = {"tech": changes.pop("on_call", "schedule:night"), "sales": "U0SALES"}
    surroundings = Surroundings(
        on_call_at=on_call_at,
        target_of=lambda queue: targets[queue],
        people_of=lambda queue, _: ("U0ANA", "U0BO") if queue == "tech" else (),
        is_business_hours=lambda at: 9 <= at.hour < 17,
        operators="#ops",
        incident="#incidents",
        last_resort=changes.pop("last_resort", ("boss@desk.example",)),
    )
    assumption = Assumption(**{"queue": "tech", "priority": Priority.NORMAL} | changes)
    escalation = Escalation(
        id=1,
        ticket_id=1001,
        trigger=Trigger.PRESSED,
        reason="",
        urgency=assumption.priority,
        target=targets[assumption.queue],
        started_by="DESKBELL",
        started_at=start,
        policy=policy,
        next_at=start,
    )
    return list(simulation.simulate(escalation, assumption, surroundings))


def calls(lines: list[Told]) -> list[tuple[int, tuple[str, ...]]]:
    """The minute of each call, and who is called."""
    called = [line for line in lines if line.lane and line.action in simulation.CALLS]
    return [((line.at - START) // MINUTE, line.whom) for line in called]


def of_steps(lines: list[Told]) -> list[Told]:
    """What the steps themselves do."""
    return [
        line for line in lines if line.action not in {simulation.POST, simulation.UNREACHED} and line.step
    ]


def test_who_is_on_call_is_asked_anew_for_the_time_of_each_step() -> None:
    assert calls(foretold(policy=STANDARD)) == [
        (0, ("U0KIM",)),
        (10, ("U0KIM",)),
        (20, ("U0BO",)),
        (30, ("U0BO",)),
    ]


def test_at_the_end_the_operators_hear_that_nobody_has_acknowledged() -> None:
    *_, repeat, end, mail = foretold(policy=STANDARD)
    assert (repeat.action, repeat.skipped) == ("repeat", "it has repeated often enough")
    assert (end.step, end.action, end.whom, end.lane) == (None, simulation.EXHAUSTED, ("#ops",), Lane.SLACK)
    assert (mail.whom, mail.lane) == (("boss@desk.example",), Lane.MAIL)
    assert end.at == mail.at == START + 40 * MINUTE
    assert foretold(policy=STANDARD, last_resort=())[-1].whom == ("#ops",)


def test_those_whom_the_last_step_calls_have_time_to_answer() -> None:
    *_, answer, end, _ = foretold({"notify": "on_call"})
    assert (answer.step, answer.action, answer.until) == (None, simulation.ANSWER, START + 10 * MINUTE)
    assert (end.action, end.at) == (simulation.EXHAUSTED, START + 10 * MINUTE)


def test_whoever_stops_the_policy_wants_nobody_to_be_told_of_its_end() -> None:
    stop = {"stop": True, "only_if": {"unclaimed": True}}
    assert [line.action for line in foretold({"page": "pd"}, stop, {"page": "pd"})] == [
        "page",
        "post",
        "stop",
    ]


def test_the_incident_channel_has_one_message_and_mentions_whoever_is_called() -> None:
    lines = foretold({"page": "pd"}, {"page": "jsm"}, {"notify": "#tech"}, {"notify": "on_call"})
    posts = [line for line in lines if line.action == simulation.POST]
    assert [(line.step, line.whom) for line in posts] == [(1, ("#incidents",)), (4, ("#incidents",))]


def test_each_recipient_and_each_pager_has_a_line_of_its_own() -> None:
    lines = of_steps(foretold({"notify": ["on_call", "#tech", "everyone"]}, {"page": ["pd", "jsm"]}))
    assert [(line.step, line.what, line.whom, line.lane) for line in lines] == [
        (1, "on_call", ("U0KIM",), Lane.SLACK),
        (1, "#tech", ("#tech",), Lane.SLACK),
        (1, "everyone", ("U0ANA", "U0BO"), Lane.SLACK),
        (2, "pd", ("pd",), Lane.PAGER),
        (2, "jsm", ("jsm",), Lane.PAGER),
    ]


def test_nobody_is_waited_for_whom_nobody_has_called() -> None:
    late = START + 700 * MINUTE
    lines = foretold({"notify": "on_call"}, {"wait": "10m"}, {"page": "pd"}, start=late)
    notify, wait, page = of_steps(lines)
    assert (notify.whom, notify.lane, notify.skipped) == ((), None, "nobody is on call then")
    assert (wait.until, wait.skipped) == (late, "nobody was reached")
    assert (page.at, page.skipped) == (late, "")
    (unreached,) = [line for line in lines if line.action == simulation.UNREACHED]
    assert (unreached.step, unreached.whom, unreached.at) == (1, ("#ops",), late), "the operators hear of it"


def test_a_condition_that_does_not_hold_says_what_is_so_instead() -> None:
    step = {"page": "pd", "only_if": {"unclaimed": False, "business_hours": True, "priority": "high"}}
    assert foretold(step)[0].skipped == (
        "the ticket is unclaimed and the ticket's priority is normal and it is outside business hours"
    )
    (gate,) = foretold({"only_if": {"tickets": {"more_than": 5, "within": "10m"}}}, step)
    assert gate.skipped == "no more tickets come than usual; it goes no further"


def test_the_ticket_may_be_taken_to_be_claimed_urgent_or_one_of_a_storm() -> None:
    assert foretold({"notify": "assignee"})[0].skipped == "nobody has the ticket"
    assert foretold({"notify": "assignee"}, is_unclaimed=False)[0].whom == (simulation.ASSIGNEE,)
    urgent = {"page": "pd", "only_if": {"priority": "urgent"}}
    assert foretold(urgent, priority=Priority.URGENT)[0].lane is Lane.PAGER
    storm = {"page": "pd", "only_if": {"tickets": {"more_than": 5, "within": "10m"}}}
    assert foretold(storm, is_storm=True)[0].lane is Lane.PAGER


def test_steps_change_the_ticket_for_the_steps_behind_them() -> None:
    lines = of_steps(
        foretold(
            {"raise_priority": "urgent"},
            {"page": "pd", "only_if": {"priority": "urgent"}},
            {"reassign": "sales"},
            {"notify": ["on_call", "everyone"]},
            {"raise_priority": "high"},
        )
    )
    assert [(line.what, line.whom, line.skipped) for line in lines[1:]] == [
        ("pd", ("pd",), ""),
        ("sales", (), ""),
        ("on_call", ("U0SALES",), ""),
        ("everyone", (), "the queue has no people"),
        ("high", (), "the ticket is urgent already"),
    ]


def test_round_robin_calls_one_after_the_other_and_begins_again() -> None:
    lines = foretold({"notify": "round_robin"}, {"wait": "5m"}, {"repeat": 2})
    assert calls(lines) == [(0, ("U0ANA",)), (5, ("U0BO",)), (10, ("U0ANA",))]
    assert [line.round for line in lines if line.action == "notify"] == [1, 2, 3]


def test_durations_are_written_as_in_the_file() -> None:
    assert [simulation.written(timedelta(seconds=each)) for each in (30, 600, 5400, 90_061)] == [
        "30s",
        "10m",
        "1h30m",
        "1d1h1m1s",
    ]


def test_a_press_makes_a_ticket_high_at_least_the_urgent_word_urgent_and_a_trigger_leaves_it() -> None:
    assert simulation.raised(Priority.LOW, Trigger.PRESSED) is Priority.HIGH
    assert simulation.raised(Priority.NORMAL, Trigger.SLA_BREACH) is Priority.NORMAL
    assert simulation.raised(Priority.NORMAL, Trigger.URGENT_WORD) is Priority.URGENT


STEPS = st.sampled_from(
    [
        {"notify": "on_call"},
        {"notify": ["schedule:night", "round_robin"]},
        {"page": "pd", "only_if": {"business_hours": False}},
        {"wait": "3m"},
        {"wait": "5h"},
        {"reassign": "sales"},
        {"raise_priority": "urgent"},
        {"only_if": {"priority": "high"}},
        {"stop": True, "only_if": {"unclaimed": False}},
    ]
)


@given(
    steps=st.lists(STEPS, min_size=1, max_size=6),
    repeat=st.integers(1, 4),
    hour=st.integers(0, 700),
    priority=st.sampled_from(Priority),
)
def test_every_simulation_ends_goes_forward_and_runs_no_step_twice(
    steps: list[dict[str, Any]], repeat: int, hour: int, priority: Priority
) -> None:
    lines = foretold(
        *steps, {"wait": "1m"}, {"repeat": repeat}, start=START + timedelta(hours=hour), priority=priority
    )
    moments = [line.at for line in lines]
    assert moments == sorted(moments)
    runs = list(dict.fromkeys((line.round, line.step) for line in lines if line.step))
    assert runs == sorted(runs)
    assert max(line.round for line in lines) <= repeat + 1
    assert all(line.skipped or line.whom or line.action not in simulation.CALLS for line in lines)
