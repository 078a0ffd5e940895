from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import block_kit
from tests.bot.sandbox import world

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "element", "accessory", "options", "confirm", "fields"]
            ),
            inner | st.sampled_from(["section", "actions", "input", "button", "static_select", "context"]),
            max_size=4,
        )
    ),
    max_leaves=20,
)


def mrkdwn(length: int) -> world.Json:
    return {"type": "mrkdwn", "text": "x" * length}


def select(count: int, *, label: str = "Tech") -> world.Json:
    options = [{"text": world.plain(label), "value": str(number)} for number in range(count)]
    return {"type": "static_select", "action_id": "queue", "options": options}


def with_element(element: world.Json) -> world.Json:
    return {"type": "actions", "elements": [element]}


AT_THE_LIMIT = [
    {"type": "header", "text": world.plain("x" * 150)},
    {"type": "section", "text": mrkdwn(3000)},
    {"type": "section", "fields": [mrkdwn(2000)] * 10},
    {"type": "context", "elements": [mrkdwn(5)] * 10},
    with_element(world.button("x" * 255, text=world.plain("x" * 75), value="x" * 2000)),
    with_element(select(100, label="x" * 75)),
    {"type": "actions", "elements": [world.button(str(number)) for number in range(25)]},
]

REFUSED = [
    (AT_THE_LIMIT[0] | {"text": world.plain("x" * 151)}, "must be less than 151 characters", "text/text"),
    (AT_THE_LIMIT[0] | {"text": mrkdwn(5)}, "must provide a text object of type plain_text", "text"),
    ({"type": "section", "text": mrkdwn(3001)}, "must be less than 3001 characters", "text/text"),
    ({"type": "section", "text": mrkdwn(0)}, "must be more than 0 characters", "text/text"),
    ({"type": "section", "fields": [mrkdwn(5)] * 11}, "no more than 10 items allowed", "fields"),
    ({"type": "section", "fields": [mrkdwn(2001)]}, "must be less than 2001 characters", "fields/0/text"),
    ({"type": "context", "elements": [mrkdwn(5)] * 11}, "no more than 10 items allowed", "elements"),
    ({"type": "actions", "elements": []}, "no less than 1 items allowed", "elements"),
    (
        {"type": "actions", "elements": [world.button(str(n)) for n in range(26)]},
        "no more than 25 items allowed",
        "elements",
    ),
    (
        with_element(world.button("a", text=world.plain("x" * 76))),
        "must be less than 76 characters",
        "elements/0/text/text",
    ),
    (
        with_element(world.button("a", value="x" * 2001)),
        "must be less than 2001 characters",
        "elements/0/value",
    ),
    (with_element(world.button("x" * 256)), "must be less than 256 characters", "elements/0/action_id"),
    (with_element(world.button("a", url="x" * 3001)), "must be less than 3001 characters", "elements/0/url"),
    (with_element(select(101)), "no more than 100 items allowed", "elements/0/options"),
    (
        with_element(select(1, label="x" * 76)),
        "must be less than 76 characters",
        "elements/0/options/0/text/text",
    ),
    (
        {"type": "actions", "elements": [world.button("a"), world.button("a")]},
        "`action_id` a already exists",
        "elements/1/action_id",
    ),
    ({"type": "marquee"}, "unsupported type", "type"),
    (world.text_input("reason"), "unsupported type: input", "type"),
]


@pytest.mark.parametrize("block", AT_THE_LIMIT)
def test_blocks_at_the_limit_are_taken(block: world.Json) -> None:
    assert block_kit.message_problems([block]) == []


@pytest.mark.parametrize(("block", "words", "place"), REFUSED)
def test_blocks_over_the_limit_are_refused_at_their_place(block: world.Json, words: str, place: str) -> None:
    assert block_kit.message_problems([block]) == [f"{words} [json-pointer:/blocks/0/{place}]"]


def test_a_message_takes_fifty_blocks_and_a_view_a_hundred() -> None:
    divider = {"type": "divider"}
    assert block_kit.message_problems([divider] * 50) == []
    assert block_kit.message_problems([divider] * 51) == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]
    assert block_kit.view_problems(world.modal(*[divider] * 100)) == []
    assert block_kit.view_problems(world.modal(*[divider] * 101)) == [
        "no more than 100 items allowed [json-pointer:/view/blocks]"
    ]


def test_two_blocks_cannot_share_an_id() -> None:
    blocks = [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]
    assert block_kit.message_problems(blocks) == [
        "`block_id` a already exists [json-pointer:/blocks/1/block_id]"
    ]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": world.plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        (
            {"submit": world.plain("x" * 25)},
            "must be less than 25 characters [json-pointer:/view/submit/text]",
        ),
        (
            {"private_metadata": "x" * 3001},
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        ({"submit": None}, "missing required field: submit [json-pointer:/view]"),
        ({"title": None}, "missing required field: title [json-pointer:/view]"),
    ],
)
def test_modals_have_limits_of_their_own(fields: world.Json, problem: str) -> None:
    assert block_kit.view_problems(world.modal(**fields)) == [problem]


def test_missing_ids_are_filled_in_and_given_ones_kept() -> None:
    filled = block_kit.with_ids([{"type": "divider"}, {"type": "divider", "block_id": "mine"}])
    assert filled[0]["block_id"]
    assert filled[1]["block_id"] == "mine"


@given(json_values)
def test_no_json_breaks_the_check(value: object) -> None:
    assert isinstance(block_kit.message_problems(value), list)
    assert isinstance(block_kit.view_problems({"type": "modal", "blocks": value, "title": value}), list)
