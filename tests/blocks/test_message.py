from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    HeaderBlock,
    InputBlock,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from blocks import text
from blocks.message import BlockLimitError, SlackMessage, view_payload

if TYPE_CHECKING:
    from collections.abc import Sequence


def _message(*blocks: Block, summary: str = "A summary") -> SlackMessage:
    return SlackMessage(text=summary, blocks=blocks)


def _section(words: str) -> SectionBlock:
    return SectionBlock(text=text.mrkdwn(words))


def _buttons(*action_ids: str) -> ActionsBlock:
    return ActionsBlock(elements=[ButtonElement(text="Go", action_id=action_id) for action_id in action_ids])


def _modal(blocks: Sequence[Block], *, submit: str | None = None) -> View:
    return View(type="modal", title="A title", submit=submit, blocks=blocks)


def test_a_payload_is_plain_data_ready_to_post() -> None:
    assert _message(_section("Hello")).payload() == {
        "text": "A summary",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello", "verbatim": True}}],
    }


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (_message(*[DividerBlock()] * 51), "51 blocks, 50 allowed"),
        (_message(DividerBlock(block_id="a"), DividerBlock(block_id="a")), "block_id a twice"),
        (_message(_buttons("go", "go")), "action_id go twice in a block"),
        (_message(SectionBlock(fields=[text.mrkdwn("x" * 2_001)])), "a field is longer than 2000 characters"),
        (_message(*[_section("x" * 2_600)] * 5), "13000 characters in all blocks, 13000 are too many"),
        (_message(_section("")), "a text object must have 1 to 3000 characters"),
        (_message(HeaderBlock(text="x" * 151)), "header: text attribute cannot exceed 150 characters"),
        (_message(DividerBlock(), summary=""), "text must have 1 to 4000 bytes"),
        (_message(DividerBlock(), summary="é" * 2_001), "text must have 1 to 4000 bytes"),
    ],
)
def test_what_slack_would_refuse_is_refused_before_it_is_sent(message: SlackMessage, problem: str) -> None:
    with pytest.raises(BlockLimitError, match=problem):
        message.payload()


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(BlockLimitError, match=r"51 blocks.*action_id go twice"):
        _message(*[DividerBlock()] * 50, _buttons("go", "go")).payload()


def test_one_action_may_stand_in_two_blocks() -> None:
    assert len(_message(_buttons("go"), _buttons("go")).payload()["blocks"]) == 2


def test_the_limits_themselves_are_allowed() -> None:
    fields = SectionBlock(fields=[text.mrkdwn("x" * 2_000)])
    message = _message(*[DividerBlock()] * 49, fields, summary="x" * 4_000)
    assert len(message.payload()["blocks"]) == 50


def test_a_modal_with_an_input_needs_a_submit_button() -> None:
    field = InputBlock(label="Words", element=PlainTextInputElement(action_id="words"))
    with pytest.raises(BlockLimitError, match="needs a submit button"):
        view_payload(_modal([field]))
    assert view_payload(_modal([field], submit="Send"))["submit"]["text"] == "Send"


def test_a_view_obeys_the_limits_of_blocks_too() -> None:
    with pytest.raises(BlockLimitError, match="block_id a twice"):
        view_payload(_modal([DividerBlock(block_id="a"), DividerBlock(block_id="a")]))
    with pytest.raises(BlockLimitError, match="views must contain between 1 and 100 blocks"):
        view_payload(_modal([DividerBlock()] * 101))
