"""The answer to a reload."""

from __future__ import annotations

from typing import Any

from blocks import reload_report
from blocks.reload_report import Refused, Reloaded
from routing.ruleset_changes import Changes
from tests.blocks import factories

OLD, NEW = "a" * 64, "b" * 64
MANY = tuple(f"<!channel>-{'x' * 80}-{number}" for number in range(300))


def reloaded(**changes: Any) -> Reloaded:
    values: dict[str, Any] = {
        "before": OLD,
        "after": NEW,
        "changes": Changes(),
        "sections": (),
        "needs_restart": (),
    }
    return Reloaded(**values | changes)


def shown(outcome: Reloaded | Refused) -> str:
    message = reload_report.build(outcome)
    message.payload()
    return factories.shown(message)


def test_what_changed_is_named() -> None:
    words = shown(reloaded(changes=Changes(added=("a", "b"), is_reordered=True), sections=("queues",)))
    assert f"Rule set `{OLD[:12]}` → `{NEW[:12]}`." in words
    assert "Added: `a`, `b`" in words
    assert "The rules stand in another order." in words
    assert "Changed beside the rules: `queues`" in words
    assert "Removed" not in words
    assert "restart" not in words


def test_the_same_rules_are_told_as_such() -> None:
    assert f"The rules are the same: rule set `{OLD[:12]}`." in shown(reloaded(after=OLD))


def test_the_first_problems_are_told_with_their_place() -> None:
    words = shown(Refused(ruleset=OLD, problems=("support.yaml:3:1: desk: <!here> is wrong", "second")))
    assert f"rule set `{OLD[:12]}` stays" in words
    assert "support.yaml:3:1: desk: &lt;!here&gt; is wrong" in words


def test_the_operators_read_the_first_three() -> None:
    notice = reload_report.notice(Refused(ruleset=OLD, problems=("one", "two", "three", "four")))
    assert notice.endswith("stays: one; two; three; and 1 more")


def test_hundreds_of_changes_or_problems_fit_into_a_message() -> None:
    everything = Changes(added=MANY, removed=MANY, changed=MANY, is_reordered=True)
    words = shown(reloaded(changes=everything, sections=MANY, needs_restart=("sources",)))
    assert "and 290 more" in words
    assert "<!channel>" not in words
    assert "and 290 more" in shown(Refused(ruleset=OLD, problems=MANY))
