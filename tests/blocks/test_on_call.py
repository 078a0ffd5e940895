from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from blocks import on_call, on_call_notices, swap_question
from blocks.ids import Action, OverrideRef, SwapRef
from routing.schedule import Override, Shift
from tests.blocks import factories

START = factories.RECEIVED_AT
END = START + timedelta(hours=8)
SHIFT = Shift(START, END, ("U0BO",))
OVERRIDE = on_call.ShownOverride(
    id=7, override=Override(start=START, end=END, person="U0KIM", replaces="U0ANA"), created_by="U0BO"
)
SUPPORT = on_call.OnCall(schedule="support", people=["U0ANA"], until=END, next=SHIFT)


def shown(*schedules: on_call.OnCall) -> str:
    return "\n".join(factories.words(on_call.build(schedules).payload()))


def test_a_schedule_says_who_is_on_call_until_when_and_who_is_next() -> None:
    assert "*support*\n*Now*  <@U0ANA> until <!date^1772470800^" in shown(SUPPORT)
    assert "*Next*  <@U0BO> from <!date^1772442000^" in shown(SUPPORT)


def test_nobody_is_said_in_words() -> None:
    assert "*Now*  nobody\n*Next*  nobody" in shown(replace(SUPPORT, people=[], until=None, next=None))
    assert "*Now*  <@U0ANA>\n*Next*  nobody else" in shown(replace(SUPPORT, until=None, next=None))
    assert "No schedule is configured" in shown()


def test_an_override_can_be_undone_where_it_is_shown() -> None:
    message = on_call.build([replace(SUPPORT, overrides=[OVERRIDE] * 3)]).payload()
    words = "\n".join(factories.words(message))
    assert "<@U0KIM> instead of <@U0ANA> is on call from" in words
    assert "and 1 further override" in words
    buttons = [block["accessory"] for block in message["blocks"] if "accessory" in block]
    assert {button["action_id"] for button in buttons} == {Action.UNDO_OVERRIDE}
    assert OverrideRef.decode(buttons[0]["value"]) == OverrideRef(override_id=7)


def test_the_longest_overview_is_one_that_slack_takes() -> None:
    longest = on_call.OnCall(
        schedule="s" * 75,
        people=[f"U0{number:09}" for number in range(99)],
        until=END,
        next=Shift(START, END, tuple(f"U0{number:09}" for number in range(99))),
        overrides=[OVERRIDE] * 9,
        note="&" * 500,
    )
    words = shown(*[longest] * 50)
    assert "and 42 more" in words
    assert "<@U0000000009> and 89 more until" in words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("accepted", "You have taken it."),
        ("declined", "You have declined."),
        ("expired", "The shift began before you answered: nothing was changed."),
    ],
)
def test_an_answered_swap_has_no_buttons_any_more(answer: swap_question.Answer, words: str) -> None:
    asked = swap_question.build(7, "support", SHIFT, requester="U0ANA", answer="open").payload()
    values = [button["value"] for button in asked["blocks"][-1]["elements"]]
    assert [SwapRef.decode(value).swap_id for value in values] == [7, 7]
    answered = swap_question.build(7, "support", SHIFT, requester="U0ANA", answer=answer).payload()
    assert words in "\n".join(factories.words(answered))
    assert [block["type"] for block in answered["blocks"]] == ["section", "context"]


def test_several_people_are_named_as_one_would_say_it() -> None:
    assert on_call_notices.mentions([]) == "nobody"
    assert on_call_notices.mentions(["U0ANA"]) == "<@U0ANA>"
    assert on_call_notices.mentions(["U0ANA", "U0BO", "S0ALL"]) == "<@U0ANA>, <@U0BO> and <!subteam^S0ALL>"
