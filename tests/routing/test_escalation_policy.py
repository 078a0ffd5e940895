"""What a person may write as an escalation policy, and what its conditions ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from routing import escalation_policy
from routing.decision import Priority
from routing.escalation_policy import EscalationPolicy, OnlyIf, Situation, Step

TEN_MINUTES = timedelta(minutes=10)


def policy(*steps: dict[str, Any]) -> EscalationPolicy:
    return EscalationPolicy.model_validate({"steps": steps})


def test_a_policy_that_was_stored_reads_the_same() -> None:
    written = policy(
        {"notify": "on_call"},
        {"wait": "1h30m"},
        {"page": ["pd"], "only_if": {"tickets": {"more_than": 3, "within": "10m"}}},
        {"wait": "5m"},
        {"repeat": 2},
    )
    stored = written.model_dump_json(exclude_defaults=True)
    assert EscalationPolicy.model_validate_json(stored) == written


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        ({"wait": "5m", "page": "pd"}, "a step does one thing"),
        ({}, "a step does one of"),
        ({"only_if": {}}, "asks for nothing"),
        ({"wait": "0m"}, "is not a duration"),
        ({"wait": "40d"}, "longer than 31 days"),
        ({"notify": []}, "at least 1 item"),
        ({"notify": "somebody"}, "is not a recipient"),
        ({"repeat": 21}, "less than or equal to 20"),
    ],
)
def test_a_step_that_says_nothing_or_too_much_is_refused(step: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Step.model_validate(step)


def test_a_step_that_can_never_run_is_refused() -> None:
    with pytest.raises(ValidationError, match="no step behind `stop` can ever run"):
        policy({"stop": True}, {"notify": "on_call"})
    assert policy({"stop": True, "only_if": {"unclaimed": False}}, {"notify": "on_call"})


def test_a_repeat_without_a_wait_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs a wait before it"):
        policy({"notify": "on_call"}, {"repeat": 3})


@pytest.mark.parametrize(
    ("condition", "is_held"),
    [
        ({"unclaimed": True}, True),
        ({"unclaimed": False}, False),
        ({"priority": "normal"}, True),
        ({"priority": "high"}, True),
        ({"priority": "urgent"}, False),
        ({"business_hours": False}, True),
        ({"business_hours": True}, False),
        ({"tickets": {"more_than": 3, "within": "10m"}}, True),
        ({"tickets": {"more_than": 4, "within": "10m"}}, False),
        ({"unclaimed": True, "business_hours": True}, False),
    ],
)
def test_a_condition_asks_how_things_are_now(condition: dict[str, Any], *, is_held: bool) -> None:
    situation = Situation(
        is_unclaimed=True, priority=Priority.HIGH, is_business_hours=False, recent={TEN_MINUTES: 4}
    )
    assert escalation_policy.holds(OnlyIf.model_validate(condition), situation) is is_held


def test_no_condition_always_holds() -> None:
    situation = Situation(is_unclaimed=False, priority=Priority.LOW, is_business_hours=False)
    assert escalation_policy.holds(None, situation)
