from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import check_digits

DIGITS = string.digits


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (check_digits.luhn, "79927398713"),
        (check_digits.gs1, "4006381333931"),
        (check_digits.mod97, "GB82WEST12345698765432"),
        (check_digits.mod97, "RF18539007547034"),
    ],
)
def test_numbers_of_the_standards_hold(check: check_digits.Check, number: str) -> None:
    assert check(number)
    assert not check(f"{number[:-1]}{(int(number[-1]) + 1) % 10}")


@given(st.text(DIGITS, min_size=1, max_size=40))
def test_one_digit_and_no_other_completes_a_number(serial: str) -> None:
    for check in (check_digits.luhn, check_digits.gs1, check_digits.ups):
        assert sum(check(serial + digit) for digit in DIGITS) == 1


@given(st.text(DIGITS, min_size=9, max_size=9), st.integers(0, 8), st.sampled_from(DIGITS))
def test_each_wrong_digit_is_noticed(serial: str, place: int, digit: str) -> None:
    """Except by the checks of parcels that fold eleven remainders into ten digits."""
    for check in (check_digits.luhn, check_digits.gs1):
        number = next(serial + last for last in DIGITS if check(serial + last))
        wrong = number[:place] + digit + number[place + 1 :]
        assert check(wrong) == (wrong == number)


@given(st.text(max_size=50))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    for check in (
        *check_digits.BY_NAME.values(),
        check_digits.ups,
        check_digits.fedex,
        check_digits.mod37_36,
    ):
        assert check(text) in {True, False}


def test_numbers_of_any_length_are_judged() -> None:
    """Whatever length an author's pattern lets through."""
    assert not check_digits.mod97("DE00" + "1" * 10_000)
