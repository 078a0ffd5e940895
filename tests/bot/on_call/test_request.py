"""What people type after `/support oncall`, with mentions as Slack sends them: escaped or not."""

from __future__ import annotations

import pytest

from bot.errors import NotAllowedError
from bot.on_call import request
from bot.on_call.request import OverrideWish, SwapWish


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("@bo until 18:00", OverrideWish("@bo", None, "until 18:00")),
        ("<@U0BO|bo> for 2h", OverrideWish("<@U0BO|bo>", None, "for 2h")),
        (
            "<@U0BO> From fri 9:00 until mon 9:00",
            OverrideWish("<@U0BO>", None, "From fri 9:00 until mon 9:00"),
        ),
        ("@Bo Lindqvist until 18:00", OverrideWish("@Bo Lindqvist", None, "until 18:00")),
        ("@bo instead of @Kim Sato for 2h", OverrideWish("@bo", "@Kim Sato", "for 2h")),
        ("<@U0BO> instead of <@U0KIM|kim> for 2h", OverrideWish("<@U0BO>", "<@U0KIM|kim>", "for 2h")),
        ("@bo", OverrideWish("@bo", None, "")),
        ("@fortuna for 2h", OverrideWish("@fortuna", None, "for 2h")),
    ],
)
def test_an_override_names_who_and_when_and_perhaps_instead_of_whom(
    rest: str, expected: OverrideWish
) -> None:
    assert request.override(rest) == expected


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("@bo", SwapWish("@bo", "")),
        ("<@U0BO|bo>", SwapWish("<@U0BO|bo>", "")),
        ("<@U0BO|bo lindqvist> 2", SwapWish("<@U0BO|bo lindqvist>", "2")),
        ("@bo 2026-12-24", SwapWish("@bo", "2026-12-24")),
        ("@Bo Lindqvist Friday 9:00", SwapWish("@Bo Lindqvist", "Friday 9:00")),
        ("@Bo Lindqvist", SwapWish("@Bo Lindqvist", "")),
    ],
)
def test_a_swap_names_who_and_perhaps_which_shift(rest: str, expected: SwapWish) -> None:
    assert request.swap(rest) == expected


@pytest.mark.parametrize("rest", ["", "bo", "until 18:00", "<@U0BO", "@ until 18:00"])
def test_whoever_is_not_mentioned_is_asked_for(rest: str) -> None:
    with pytest.raises(NotAllowedError):
        request.override(rest)
