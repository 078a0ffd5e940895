"""A running escalation: every step once and in order, none after somebody has taken it, and an end to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import escalation as machine
from routing.decision import Priority
from routing.escalation import Due, Escalation, EscalationState, NotPossibleError, Trigger
from routing.escalation_policy import STANDARD, EscalationPolicy, OnlyIf, Step, Storm

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def running(*steps: Step, **changes: Any) -> Escalation:
    policy = EscalationPolicy(steps=steps) if steps else STANDARD
    values: dict[str, Any] = {
        "id": 1,
        "ticket_id": 1001,
        "trigger": Trigger.PRESSED,
        "reason": "The bank calls.",
        "urgency": Priority.HIGH,
        "target": "U0ONCALL",
        "started_by": "U0ANA",
        "started_at": START,
        "policy": policy,
        "next_at": START,
    }
    return Escalation(**values | changes)


def left_alone(escalation: Escalation, *, reached: bool = True) -> list[tuple[str, timedelta]]:
    """What the clock alone does with it until it does nothing more: each action, and when it ran."""
    ran = []
    while escalation.due is Due.STEP and escalation.next_at:
        now = escalation.next_at
        if escalation.step:
            ran.append((escalation.step.action, now - START))
        escalation = machine.stepped(escalation, held=True, reached=reached, now=now)
    assert escalation.state is EscalationState.EXHAUSTED
    return ran


def test_the_standard_policy_calls_four_times_ten_minutes_apart() -> None:
    calls = [at for action, at in left_alone(running()) if action == "notify"]
    assert calls == [0 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE]


def test_steps_run_at_once_up_to_the_next_wait() -> None:
    steps = (Step(page=("pd",)), Step(notify=("on_call",)), Step(wait=5 * MINUTE), Step(notify=("assignee",)))
    assert left_alone(running(*steps)) == [
        ("page", 0 * MINUTE),
        ("notify", 0 * MINUTE),
        ("wait", 0 * MINUTE),
        ("notify", 5 * MINUTE),
    ]


def test_a_step_that_finds_nobody_is_not_waited_for() -> None:
    steps = (Step(notify=("on_call",)), Step(wait=5 * MINUTE), Step(notify=("everyone",)))
    assert left_alone(running(*steps), reached=False)[-1] == ("notify", 0 * MINUTE)


def test_whoever_is_called_last_has_time_to_answer_before_the_policy_is_exhausted() -> None:
    called = machine.stepped(running(Step(notify=("on_call",))), held=True, now=START)
    assert (called.state, called.step, called.next_at) == (EscalationState.RUNNING, None, START + 10 * MINUTE)
    exhausted = machine.stepped(called, held=True, now=START + 10 * MINUTE)
    assert (exhausted.state, exhausted.next_at) == (EscalationState.EXHAUSTED, None)
    nobody = machine.stepped(running(Step(notify=("on_call",))), held=True, reached=False, now=START)
    assert nobody.state is EscalationState.EXHAUSTED


def test_a_policy_that_finds_nobody_still_waits_before_it_begins_again() -> None:
    calls = [at for action, at in left_alone(running(), reached=False) if action == "notify"]
    assert calls == [0 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE]


def test_what_nobody_received_after_all_ends_the_wait_behind_it() -> None:
    steps = (Step(notify=("on_call",)), Step(wait=5 * MINUTE), Step(notify=("everyone",)))
    waiting = machine.stepped(machine.stepped(running(*steps), held=True, now=START), held=True, now=START)
    hastened = machine.hastened(waiting, lap=1, position=0, now=START + MINUTE)
    assert hastened is not None
    assert hastened.next_at == START + MINUTE
    assert machine.hastened(waiting, lap=2, position=0, now=START) is None, "that was another round"
    after = machine.stepped(hastened, held=True, now=START + MINUTE)
    assert machine.hastened(after, lap=1, position=0, now=START + MINUTE) is None, "others were called since"


def test_a_step_whose_condition_does_not_hold_is_passed_over_and_a_gate_ends_the_policy() -> None:
    urgent = OnlyIf(priority=Priority.URGENT)
    rest = Step(notify=("on_call",))
    passed = machine.stepped(running(Step(page=("pd",), only_if=urgent), rest), held=False, now=START)
    assert (passed.position, passed.next_at) == (1, START)
    ended = machine.stepped(running(Step(only_if=urgent), rest), held=False, now=START)
    assert (ended.state, ended.next_at) == (EscalationState.EXHAUSTED, None)


def test_who_acknowledged_is_asked_and_then_it_goes_on_without_them() -> None:
    taken = machine.acknowledged(running(), by="U0KIM", now=START)
    assert (taken.due, taken.next_at) == (Due.ASK, START + 30 * MINUTE)
    asked = machine.asked(taken, now=START + 30 * MINUTE)
    assert (asked.due, asked.next_at) == (Due.RELEASE, START + 45 * MINUTE)
    released = machine.released(asked, now=START + 45 * MINUTE)
    assert (released.due, released.position, released.acknowledged_by) == (Due.STEP, 0, None)


def test_progress_puts_the_question_off() -> None:
    asked = machine.asked(machine.acknowledged(running(), by="U0KIM", now=START), now=START + 30 * MINUTE)
    after = machine.progressed(asked, now=START + 40 * MINUTE)
    assert after is not None
    assert (after.due, after.next_at) == (Due.ASK, START + 70 * MINUTE)
    assert machine.progressed(running(), now=START) is None


def test_nobody_acknowledges_what_is_taken_or_over() -> None:
    taken = machine.acknowledged(running(), by="U0KIM", now=START)
    with pytest.raises(NotPossibleError):
        machine.acknowledged(taken, by="U0BO", now=START)
    with pytest.raises(NotPossibleError):
        machine.acknowledged(
            machine.ended(taken, because="resolved", by="U0ANA", now=START), by="U0BO", now=START
        )


STEPS = st.one_of(
    st.builds(lambda minutes: Step(wait=minutes * MINUTE), st.integers(1, 30)),
    st.just(Step(notify=("on_call",))),
    st.just(Step(page=("pd",))),
    st.just(Step(notify=("everyone",), only_if=OnlyIf(unclaimed=True))),
    st.just(Step(only_if=OnlyIf(tickets=Storm(more_than=2, within=MINUTE)))),
    st.just(Step(raise_priority=Priority.URGENT)),
)
POLICIES = st.builds(
    lambda steps, repeat: EscalationPolicy(
        steps=(*steps, *((Step(wait=MINUTE), Step(repeat=repeat)) if repeat else ()))
    ),
    st.lists(STEPS, min_size=1, max_size=6),
    st.integers(0, 3),
)
DEEDS: dict[str, Callable[[Escalation, datetime], Escalation | None]] = {
    "acknowledge": lambda escalation, now: machine.acknowledged(escalation, by="U0KIM", now=now),
    "snooze": lambda escalation, now: machine.snoozed(escalation, by="U0KIM", until=now + 15 * MINUTE),
    "hand over": lambda escalation, now: machine.handed_over(escalation, now=now),
    "progress": lambda escalation, now: machine.progressed(escalation, now=now),
    "release": lambda escalation, now: machine.released(escalation, now=now),
    "end": lambda escalation, now: machine.ended(escalation, because="resolved", by="U0ANA", now=now),
}
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(
            ["clock", "clock", "clock", "acknowledge", "snooze", "hand over", "progress", "release", "end"]
        ),
        st.integers(0, 40),
        st.booleans(),
        st.booleans(),
    ),
    max_size=40,
)


def _fire(escalation: Escalation, *, held: bool, reached: bool, now: datetime) -> Escalation:
    if escalation.next_at is None or escalation.next_at > now:
        return escalation
    if escalation.due is Due.ASK:
        return machine.asked(escalation, now=now)
    if escalation.due is Due.RELEASE:
        return machine.released(escalation, now=now)
    if escalation.due is Due.WAKE:
        return machine.woken(escalation, now=now)
    return machine.stepped(escalation, held=held, reached=reached, now=now)


def _do(escalation: Escalation, deed: str, *, held: bool, reached: bool, now: datetime) -> Escalation:
    if deed == "clock":
        return _fire(escalation, held=held, reached=reached, now=now)
    try:
        return DEEDS[deed](escalation, now) or escalation
    except NotPossibleError:
        return escalation


@given(POLICIES, HISTORIES)
def test_whatever_happens_no_step_runs_twice_none_is_lost_and_none_runs_once_it_is_taken(
    policy: EscalationPolicy, deeds: list[tuple[str, int, bool, bool]]
) -> None:
    escalation, now = running(policy=policy), START
    ran: list[tuple[int, int]] = []
    for deed, minutes, held, reached in deeds:
        now += minutes * MINUTE
        is_step = deed == "clock" and escalation.due is Due.STEP and (escalation.next_at or now) <= now
        if is_step:
            assert escalation.acknowledged_by is None
            ran.append((escalation.lap, escalation.position))
        before, escalation = escalation, _do(escalation, deed, held=held, reached=reached, now=now)
        assert escalation is before or escalation.generation == before.generation + 1
        is_waiting = escalation.state in {EscalationState.RUNNING, EscalationState.SNOOZED}
        assert (escalation.next_at is not None) == (
            is_waiting or escalation.state is EscalationState.ACKNOWLEDGED
        ), "what is open says when it goes on, or that its policy is exhausted"
        assert (escalation.acknowledged_by is not None) <= (
            escalation.state in {EscalationState.ACKNOWLEDGED, EscalationState.ENDED}
        )
    assert len(set(ran)) == len(ran)
    assert ran == sorted(ran)


@given(policy=POLICIES, reached=st.booleans())
def test_left_alone_every_policy_comes_to_its_end(policy: EscalationPolicy, *, reached: bool) -> None:
    ran = left_alone(running(policy=policy), reached=reached)
    repeats = sum(step.repeat or 0 for step in policy.steps)
    assert len(ran) == len(policy.steps) * (repeats + 1)
