"""An escalation policy names only what there is, and a queue only such policies."""

from __future__ import annotations

import pytest

from bot import config
from routing.decision import Priority
from routing.escalation_policy import STANDARD
from tests.desk import SUPPORT_YAML

QUEUE = "    sla: {default: 1h}\n"
"""Of the queue `abuse`."""


def parsed(steps: str, *, queue: str = "tried") -> config.SupportConfig:
    text = SUPPORT_YAML.read_text(encoding="utf-8")
    assert text.count(QUEUE) == 1
    text = text.replace(QUEUE, f"{QUEUE}    escalation: {queue}\n")
    head = "escalation_policies:\n"
    policy = f"  tried: {{steps: {steps}}}\n"
    text = text.replace(head, head + policy) if head in text else f"{text}{head}{policy}"
    return config.parse(text, name="support.yaml")


@pytest.mark.parametrize(
    ("steps", "queue", "message"),
    [
        ("[{page: pd}]", "tried", "no pager is called 'pd'; there are none"),
        ("[{notify: schedule:nights}]", "tried", "no schedule is called 'nights'"),
        ("[{notify: somebody}]", "tried", "'somebody' is not a recipient: write assignee, on_call"),
        ("[{reassign: sales}]", "tried", "no queue is called 'sales'"),
        ("[{notify: on_call}]", "{urgent: gone}", "no escalation policy is called 'gone'"),
        ("[{notify: on_call}, {repeat: 2}]", "tried", "a repeat needs a wait before it"),
    ],
)
def test_a_name_of_nothing_is_told(steps: str, queue: str, message: str) -> None:
    with pytest.raises(config.ConfigError, match=message):
        parsed(steps, queue=queue)


def test_a_policy_is_chosen_by_priority_and_else_it_is_the_standard_one() -> None:
    desk = parsed("[{notify: on_call}]", queue="{urgent: tried}")
    assert desk.policy("abuse", Priority.URGENT) == desk.escalation_policies["tried"]
    assert desk.policy("abuse", Priority.HIGH) == STANDARD
    assert parsed("[{notify: on_call}]").policy("abuse", Priority.LOW) != STANDARD
