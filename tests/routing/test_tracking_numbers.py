from __future__ import annotations

import string
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from routing import check_digits, tracking_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

DIGITS = string.digits
LETTERED = DIGITS + string.ascii_uppercase
COURIERS: dict[str, tuple[str, str, Callable[[str], bool], str]] = {
    # The alphabet and the form of a number, what checks its end, and the text before it that it needs.
    "UPS": (LETTERED, "1Z:15", check_digits.ups, ""),
    "Royal Mail": (DIGITS, "RR:8", check_digits.s10, ""),
    "USPS": (DIGITS, "9400:17", lambda number: check_digits.gs1(f"9400{number}"), ""),
    "FedEx": (DIGITS, ":11", check_digits.fedex, "FedEx "),
    "FedEx Ground": (DIGITS, "9612345:14", check_digits.gs1, ""),
    "DHL": (DIGITS, ":9", check_digits.mod7, "DHL "),
    "DPD": (DIGITS, ":14", check_digits.mod37_36, "DPD parcel "),
    "Canada Post": (DIGITS, ":15", check_digits.gs1, "Canada Post "),
    "Purolator": (DIGITS, "0:10", lambda number: check_digits.luhn(f"0{number}"), "Purolator "),
    "OnTrac": (DIGITS, "C1:12", lambda number: check_digits.ups(f"41{number}"), ""),
}


def found(text: str) -> list[tuple[str, str | None]]:
    return [(entity.value, entity.detail) for entity in tracking_numbers.find(text, field="text")]


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """The courier, what stands before, and a number with its right and with a wrong check digit."""
    courier = draw(st.sampled_from(sorted(COURIERS)))
    alphabet, form, check, before = COURIERS[courier]
    prefix, _, length = form.partition(":")
    serial = draw(st.text(alphabet, min_size=int(length), max_size=int(length)))
    ends = [last for last in LETTERED if check(serial + last)]
    wrong = draw(st.sampled_from([digit for digit in DIGITS if digit not in ends]))
    assume(ends)
    suffix = "GB" if courier == "Royal Mail" else ""
    return (
        courier.split(" Ground")[0],
        before,
        prefix + serial + ends[0] + suffix,
        prefix + serial + wrong + suffix,
    )


AROUND = st.text(st.characters(exclude_categories=("Cs", "N")), max_size=30)


@given(numbers(), AROUND, AROUND)
def test_a_number_is_found_wherever_it_stands(
    number: tuple[str, str, str, str], head: str, tail: str
) -> None:
    courier, before, right, _ = number
    text = f"{head} {before}{right} {tail}"
    assert (right, courier) in found(text)
    for entity in tracking_numbers.find(text, field="text"):
        assert text[entity.start : entity.end].replace(" ", "").upper() == entity.value


@given(numbers(), AROUND, AROUND)
def test_a_number_whose_check_digit_fails_is_none(
    number: tuple[str, str, str, str], head: str, tail: str
) -> None:
    courier, before, _, wrong = number
    assert (wrong, courier) not in found(f"{head} {before}{wrong} {tail}")


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for value, courier in found(f"tracking {text}"):
        assert value.isascii()
        assert courier


@pytest.mark.parametrize(
    ("text", "value", "courier"),
    [
        ("1z 4a7 b19 03 1122 3342", "", ""),
        ("1Z 4A7 B19 03 1122 3342", "1Z4A7B190311223342", "UPS"),
        ("see https://parcels.example/?n=1z4a7b190311223342&l=en", "1Z4A7B190311223342", "UPS"),
        ("RB 204 711 307 DE", "RB204711307DE", "Deutsche Post"),
        ("rb204711307fr", "RB204711307FR", "Post FR"),
        ("番号は1Z4A7B190311223342です", "1Z4A7B190311223342", "UPS"),
        ("TBA204711000042 is late", "TBA204711000042", "Amazon"),
        ("my tracking number is 204711000041", "204711000041", "FedEx"),
        ("Sendungsnummer: 204711000041", "204711000041", "FedEx"),
        ("204711000041 (FedEx)", "204711000041", "FedEx"),
        ("FedEx 2047 1100 0041", "204711000041", "FedEx"),
        ("FedEx 204711000041 a week ago", "204711000041", "FedEx"),
        ("DHL Sendung 2047110000", "", ""),
        ("USPS 2 9400 2047 1100 0000 0000 00", "", ""),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: str, courier: str) -> None:
    assert found(text) == ([(value, courier)] if value else [])


@pytest.mark.parametrize(
    "text",
    [
        "204711000041",
        "tracking, or phone 204711000041",
        "DHL lost my parcel 204711000041",
        "track my parcel, IBAN 204711000041",
        "tracking +204711000041",
        "tracking 10-204711000041",
        "tracking 204711000041-1",
        "tracking 204711000044",
        "tracking 2204711000041",
        "tracking X204711000041",
        "Where is my parcel?\n\nJane Doe\n204711000041",
        "DHL lost it, I am at 204 711 0004",
    ],
)
def test_a_number_that_could_be_anything_is_none(text: str) -> None:
    assert found(text) == []


def test_numbers_of_a_list_are_all_found() -> None:
    number = "204711000041"
    assert len(found(f"FedEx: {number} {number}, {number}, {number}\n\n{number}\n{number}")) == 6


def test_a_pasted_table_is_not_read_to_its_end() -> None:
    assert found("123456789012345 " * 5000 + "1Z4A7B190311223342") == []
