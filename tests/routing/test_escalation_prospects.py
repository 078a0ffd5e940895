"""Steps that can never run or change nothing are found, and no others are accused."""

from __future__ import annotations

from typing import Any

import pytest

from routing import escalation_prospects as prospects
from routing.decision import Priority
from routing.escalation_policy import EscalationPolicy
from routing.escalation_prospects import Use

HIGH = [Use("tech", Priority.HIGH)]
BOTH = [*HIGH, Use("sales", Priority.URGENT)]
PAGE = {"page": "pd"}


def faults(*steps: dict[str, Any], uses: list[Use] = HIGH) -> list[tuple[int, str, bool]]:
    policy = EscalationPolicy.model_validate({"steps": steps})
    return [(fault.step, fault.field, fault.is_certain) for fault in prospects.faults(policy, uses)]


def only_if(**condition: Any) -> dict[str, Any]:
    return {"only_if": condition}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([only_if(unclaimed=True), PAGE | only_if(unclaimed=False)], [(1, "only_if", True)]),
        ([only_if(unclaimed=True), only_if(unclaimed=False), PAGE], [(1, "only_if", True)]),
        ([only_if(business_hours=True), PAGE | only_if(business_hours=False)], [(1, "only_if", True)]),
        ([PAGE | only_if(priority="urgent")], [(0, "only_if", False)]),
        ([{"raise_priority": "high"}, PAGE], [(0, "raise_priority", True)]),
        ([only_if(priority="urgent"), PAGE], [(0, "only_if", False)]),
        ([{"reassign": "tech"}, PAGE], [(0, "reassign", True)]),
        ([{"reassign": "sales"}, {"reassign": "sales"}, PAGE], [(1, "reassign", True)]),
        ([PAGE, {"wait": "5m"}], [(1, "wait", True)]),
        ([{"stop": True} | only_if(priority="high"), PAGE], [(0, "only_if", True)]),
    ],
)
def test_a_step_of_no_use_is_found(steps: list[dict[str, Any]], found: list[tuple[int, str, bool]]) -> None:
    assert faults(*steps) == found


@pytest.mark.parametrize(
    "steps",
    [
        [only_if(unclaimed=True), {"wait": "5m"}, PAGE | only_if(unclaimed=False)],
        [PAGE | only_if(unclaimed=True), PAGE | only_if(unclaimed=False)],
        [{"raise_priority": "urgent"}, PAGE | only_if(priority="urgent")],
        [PAGE | only_if(priority="urgent"), {"wait": "5m"}, {"raise_priority": "urgent"}, {"repeat": 2}],
        [{"reassign": "sales"} | only_if(unclaimed=True), {"reassign": "sales"}],
        [{"stop": True} | only_if(priority="high", unclaimed=False), PAGE],
        [only_if(tickets={"more_than": 5, "within": "10m"}), PAGE],
        [PAGE, {"wait": "5m"}, {"repeat": 3}],
    ],
)
def test_what_may_run_some_day_is_not_accused(steps: list[dict[str, Any]]) -> None:
    assert faults(*steps) == []


def test_what_no_ticket_of_a_queue_needs_may_be_needed_by_another() -> None:
    assert faults({"reassign": "tech"}, PAGE, uses=BOTH) == []
    assert faults(PAGE | only_if(priority="urgent"), uses=BOTH) == []


def test_a_fault_says_what_stands_in_the_way() -> None:
    steps = [only_if(unclaimed=True), only_if(unclaimed=False), PAGE]
    (fault,) = prospects.faults(EscalationPolicy.model_validate({"steps": steps}), HIGH)
    assert fault.message == (
        "it never holds: step 1 lets pass only the opposite, and nothing waits between them, "
        "and no step behind it ever runs"
    )


def test_a_call_names_the_queues_where_the_ticket_may_be() -> None:
    steps = [
        {"notify": "on_call"},
        {"reassign": "sales"} | only_if(unclaimed=True),
        {"notify": ["#a", "everyone"]},
        {"reassign": "triage"},
        {"notify": "on_call"},
    ]
    policy = EscalationPolicy.model_validate({"steps": steps})
    found = [(call.step, call.place, call.queues) for call in prospects.calls(policy, ["tech", "tech"])]
    assert found == [
        (0, 0, ("tech",)),
        (2, 0, ("tech", "sales")),
        (2, 1, ("tech", "sales")),
        (4, 0, ("triage",)),
    ]
