"""The one message of a replay, from the first picture of its bar to what became of the tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from blocks import replay_message, rules_modal
from blocks.ids import Action, DraftRef
from blocks.message import view_payload
from blocks.replay_message import Applied, Asked, Found
from routing.replay import Example, Kind, Move, Report, RuleHits
from tests.blocks import factories

ASKED = Asked(replay_id=7, by="U1", scope="mail of the last 7 days", ruleset="ab" * 32, draft=None)
APPLIED = Applied(
    by="U2", at=factories.RECEIVED_AT, moved=3, can_undo=True, undo=timedelta(minutes=10), restored=None
)


def example(**changes: Any) -> Example:
    values: dict[str, Any] = {
        "kind": Kind.MOVED,
        "trace_id": "t1",
        "received_at": factories.RECEIVED_AT,
        "subject": "Refund",
        "from_queue": "billing",
        "to_queue": "tech",
        "rule_then": "money",
        "rule_now": "broken",
        "confidence_then": 0.9,
        "confidence_now": 0.8,
    }
    return Example(**values | changes)


def found(**changes: Any) -> Found:
    moves = (
        Move(from_queue="billing", to_queue="orders", count=12),
        Move(from_queue="billing", to_queue="tech", count=1_200),
        Move(from_queue="triage", to_queue="tech", count=3),
    )
    rules = (RuleHits(rule="broken", before=1, after=1_204), RuleHits(rule="same", before=5, after=5))
    report = Report(total=2_000, moved=1_215, moves=moves, rules=rules, examples=(example(),))
    values: dict[str, Any] = {
        "asked": ASKED,
        "report": report,
        "headline": "1,215 of 2,000 mails would move (60.8%).",
        "agreement": "Agreement rises.",
        "stopped": None,
        "movable": 3,
    }
    return Found(**values | changes)


def shown(what: Found, applied: Applied | None = None) -> str:
    message = replay_message.result(what, applied, link=lambda trace_id: f"https://desk.example/{trace_id}")
    message.payload()
    return factories.shown(message)


def table(what: Found) -> str:
    """The matrix, which stands in type of one width."""
    blocks = replay_message.result(what, None, link=str).payload()["blocks"]
    (rich,) = (block for block in blocks if block["type"] == "rich_text")
    text: str = rich["elements"][0]["elements"][0]["text"]
    return text


def actions(what: Found, applied: Applied | None = None) -> list[str]:
    message = replay_message.result(what, applied, link=str)
    blocks = message.payload()["blocks"]
    return [one["action_id"] for block in blocks if block["type"] == "actions" for one in block["elements"]]


@pytest.mark.parametrize(
    ("done", "total", "seconds", "line"),
    [
        (0, 0, 0.0, "░" * 20 + " Counting the mail…"),
        (0, 10, 0.0, "░" * 20 + " 0 of 10"),
        (4_200, 10_000, 2.0, "▓" * 8 + "░" * 12 + " 4,200 of 10,000, 2,100/s, 3 s left"),
        (10, 10, 1.0, "▓" * 20 + " 10 of 10, 10/s, 0 s left"),
    ],
)
def test_the_bar_says_how_far_it_is(done: int, total: int, seconds: float, line: str) -> None:
    message = replay_message.progress(ASKED, done=done, total=total, seconds=seconds)
    message.payload()
    assert line in factories.shown(message)


def test_the_result_has_the_matrix_the_examples_and_the_rules_that_differ() -> None:
    words = shown(found())
    assert table(found()) == "from \\ to  orders   tech\nbilling        12  1,200\ntriage          ·      3"
    assert "<https://desk.example/t1|Refund>  billing → tech, by broken" in words
    assert "broken: 1 → 1,204 (+1,203)" in words
    assert "same" not in words
    assert "*1,215 of 2,000 mails would move (60.8%).*" in words


def test_many_queues_are_listed_by_how_much_moves() -> None:
    moves = tuple(Move(from_queue="a", to_queue=f"queue-{number}", count=number) for number in range(1, 40))
    lines = table(found(report=Report(total=1_000, moves=moves))).splitlines()
    assert lines[:2] == ["     39  a → queue-39", "     38  a → queue-38"]
    assert lines[-1] == "and 24 more"


def test_what_customers_wrote_has_no_power_and_fits() -> None:
    hostile = example(subject="<!channel> *|*" * 7, from_queue="*" * 80, rule_now="<!here>" * 50)
    rules = tuple(RuleHits(rule=f"<!here>{number}" * 20, before=0, after=1) for number in range(200))
    moves = tuple(
        Move(from_queue=f"{one}" * 60, to_queue=f"{other}" * 60, count=10**9)
        for one in "abcdefghijklmno"
        for other in "abcdef"
    )
    words = shown(found(report=Report(total=9, examples=(hostile,) * 10, rules=rules, moves=moves)))
    assert "<!channel>" not in words
    assert "<!here>" not in words


def test_apply_is_offered_where_tickets_would_move_and_says_how_many() -> None:
    words = shown(found())
    assert "Apply to 3 open tickets" in words
    assert actions(found()) == [Action.APPLY_REPLAY]
    assert actions(found(movable=0)) == []


def test_undo_is_offered_while_it_can_be_undone() -> None:
    assert actions(found(), APPLIED) == [Action.UNDO_REPLAY]
    assert "<@U2> applied it: 3 open tickets moved. Until <!date^" in shown(found(), APPLIED)
    assert actions(found(), replace(APPLIED, can_undo=False)) == []
    moving = replace(APPLIED, moved=None, can_undo=False)
    assert "<@U2> applies it to the open tickets…" in shown(found(), moving)
    undoing = replace(APPLIED, can_undo=False, is_undoing=True)
    assert "They are being moved back…" in shown(found(), undoing)
    undone = replace(APPLIED, can_undo=False, restored=1)
    assert "Undone: 1 ticket moved back" in shown(found(), undone)


def test_a_draft_says_how_it_becomes_permanent() -> None:
    words = shown(found(asked=replace(ASKED, draft="cd" * 32)))
    assert "type `/support reload`; the draft's YAML is `cdcdcdcdcdcd`" in words
    assert "permanent" not in shown(found())


def test_a_part_says_that_it_is_one() -> None:
    assert "Stopped in time after 5 of 9 mails." in shown(
        found(stopped="Stopped in time after 5 of 9 mails.")
    )


def test_the_modal_takes_all_that_slack_lets_one_write() -> None:
    ref = DraftRef(channel="C1", is_whole=True)
    whole = rules_modal.build(ref, content="x" * 3_000, rules=["a"], has_earlier=False)
    assert view_payload(whole)["blocks"][1]["element"]["initial_value"] == "x" * 3_000
    ref = DraftRef(channel="C1", is_whole=False)
    part = view_payload(rules_modal.build(ref, content="", rules=["<!here>" * 20] * 1_000, has_earlier=True))
    assert "<!here>" not in part["blocks"][0]["text"]["text"]
    assert part["blocks"][1]["element"]["initial_value"].startswith("- id: money\n")


def test_a_draft_is_read_as_it_was_typed() -> None:
    ref = DraftRef(channel="C1", is_whole=False)
    state = {"values": {"rules": {"rules": {"type": "plain_text_input", "value": "  - id: a\n  - id: b\n"}}}}
    draft = rules_modal.parse({"private_metadata": ref.encode(), "state": state})
    assert draft.content == "  - id: a\n  - id: b\n"


def test_many_problems_are_cut_to_what_fits_under_an_input() -> None:
    words = rules_modal.problems([f"line {number}: {'x' * 400}" for number in range(9)])
    assert words.startswith("line 0: ")
    assert len(words) <= 500
    assert rules_modal.problems(["one", "two", "three", "four"]) == "one\ntwo\nthree\nand 1 more"
