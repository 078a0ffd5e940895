"""How couriers write their tracking numbers."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from routing import check_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Needs(IntEnum):
    """What must stand near a number of this form, for a number that could be anything."""

    NOTHING = 0
    A_WORD = 1
    """A word such as `tracking`, or the courier's name."""
    ITS_NAME = 2
    """The courier's name."""


class Format(NamedTuple):
    """One way of one courier to write a number, without blanks and in upper case."""

    courier: str
    shape: re.Pattern[str]
    """Its group is what the check digit is computed over."""
    check: Callable[[str], bool] | None
    needs: Needs

    def reads(self, number: str) -> bool:
        """Whether it can be such a number."""
        match = self.shape.fullmatch(number)
        return match is not None and (self.check is None or self.check(match[1]))


def formats_of(number: str) -> Iterator[Format]:
    """Yield the formats that a number can be of, the most telling first."""
    return (form for form in _FORMATS if form.reads(number))


def s10_issuer(number: str) -> str:
    """Whose number it is by its country, such as `Royal Mail`, or `Post FR`."""
    return _ISSUERS.get(number[-2:], f"Post {number[-2:]}")


def _usps_20(number: str) -> bool:
    """The application id 91 may have been left out after the check digit was computed."""
    return check_digits.gs1(number) or check_digits.gs1(f"91{number}")


def _ontrac(number: str) -> bool:
    """The letter counts as the digit 4 or 5, unless the number already begins with it."""
    digit = {"C": "4", "D": "5"}[number[0]]
    return check_digits.ups(number[1:] if number[1] == digit else digit + number[1:])


S10 = "S10"
"""Postal services of the world; `s10_issuer` says which."""
_ISSUERS = {
    "AU": "Australia Post", "CA": "Canada Post", "CH": "Swiss Post", "CN": "China Post", "DE": "Deutsche Post",
    "GB": "Royal Mail", "IE": "An Post", "JP": "Japan Post", "NL": "PostNL", "PL": "Poczta Polska", "US": "USPS",
}  # fmt: skip
# ISO 3166-1 codes of the members of the UPU and of the territories that have numbers of their own.
_COUNTRIES = (
    "A[DEFGILMORTUWZ]|B[ABDEFGHIJMNORSTWYZ]|C[ADFGHILMNORUVWYZ]|D[EJKMOZ]|E[CEGRST]|F[IJKOR]|G[ABDEFGHILMNQRTWY]"
    "|H[KNRTU]|I[DELNQRST]|J[EMOP]|K[EGHIMNPRWYZ]|L[ABCIKRSTUVY]|M[ACDEGKLMNORSTUVWXYZ]|N[ACEGILOPRUZ]|OM"
    "|P[AEFGHKLNSTY]|QA|R[EOSUW]|S[ABCDEGHIKLMNORSTVXYZ]|T[CDGHJKLMNORTVWZ]|U[AGSYZ]|V[ACEGNU]|W[FS]|XK|YE|Z[AMW]"
)
_SERVICES = "[BCDEHLMNPRUVZ][A-Z]|Q[A-M]|A[V-Z]|G[AD]"


def _format(courier: str, shape: str, check: Callable[[str], bool] | None, needs: Needs) -> Format:
    return Format(courier, re.compile(shape, re.ASCII), check, needs)


_ZIP = r"(?:420\d{5}(?:\d{4})?)?"
"""USPS and its partners put the destination before the number in the bar code."""
_FORMATS = (
    _format("UPS", r"1Z([0-9A-Z]{15}\d)", check_digits.ups, Needs.NOTHING),
    _format(S10, rf"(?:{_SERVICES})(\d{{9}})(?:{_COUNTRIES})", check_digits.s10, Needs.NOTHING),
    _format("Amazon", r"TB[ACM](\d{12})", None, Needs.NOTHING),
    # Intelligent Mail package barcodes: 92 with mailers of nine digits, 93 with those of six, 94 and 95 with both.
    _format(
        "USPS", _ZIP + r"(9[145]\d{20}|92\d{3}9\d{16}|93\d{3}[0-8]\d{16})", check_digits.gs1, Needs.NOTHING
    ),
    _format(
        "USPS", _ZIP + r"(9[45]\d{24}|92\d{3}9\d{20}|93\d{3}[0-8]\d{20})", check_digits.gs1, Needs.NOTHING
    ),
    _format("USPS", r"(94\d{3}9\d{24})", check_digits.gs1, Needs.NOTHING),
    _format("FedEx", r"96\d{5}(\d{15})", check_digits.gs1, Needs.NOTHING),
    _format("FedEx", r"96\d{18}(\d{14})", check_digits.fedex, Needs.NOTHING),
    _format("DPD", r"(\d{27}[0-9A-Z])", check_digits.mod37_36, Needs.NOTHING),
    _format("OnTrac", r"([CD]\d{14})", _ontrac, Needs.NOTHING),
    _format("LaserShip", r"1LS(?:7[12](?:\d{10}|\d{2}01[1-4]\d{6}-1)|CX[0-9A-Z]{10})", None, Needs.NOTHING),
    _format("Yodel", r"JJ?D\d{16}", None, Needs.NOTHING),
    _format("DHL", r"(?:JJD|JVGL)\d{9,20}", None, Needs.NOTHING),
    _format("YunExpress", r"YT\d{16}", None, Needs.NOTHING),
    _format("GOFO", r"GFUS\d{14}", None, Needs.NOTHING),
    _format("Landmark", r"LTN\d{8}N1", None, Needs.NOTHING),
    _format("Canpar", r"[CDKLSUXZ]\d{21}", None, Needs.NOTHING),
    _format("Spee-Dee", r"SP\d{18}", None, Needs.NOTHING),
    _format("FedEx", r"(\d{12})", check_digits.fedex, Needs.A_WORD),
    _format("FedEx", r"(\d{15})", check_digits.gs1, Needs.A_WORD),
    _format("FedEx", r"\d\d(\d{16})", check_digits.gs1, Needs.ITS_NAME),
    _format("FedEx", r"3\d{15}(\d{12})\d{4}", check_digits.fedex, Needs.A_WORD),
    _format("FedEx", r"[0-8]\d{19}(\d{14})", check_digits.fedex, Needs.A_WORD),
    _format("USPS", _ZIP + r"(\d{20})", _usps_20, Needs.A_WORD),
    _format("DPD", r"(\d{14}[0-9A-Z])", check_digits.mod37_36, Needs.A_WORD),
    _format("Canada Post", r"(\d{16})", check_digits.gs1, Needs.A_WORD),
    _format("Old Dominion", r"((?:77[78]|072|780|80\d)\d{8})", check_digits.luhn, Needs.A_WORD),
    _format("DHL", r"(\d{10,11})", check_digits.mod7, Needs.A_WORD),
    _format("Purolator", r"([0-5]\d{11})", check_digits.luhn, Needs.A_WORD),
    _format("UPS", r"[AHJKTV](\d{10})", check_digits.ups, Needs.A_WORD),
    _format("LaserShip", r"L[AIEHNX][1-3]\d{7}", None, Needs.A_WORD),
    _format("DHL", r"J[A-Z]{2,3}\d{9,10}", None, Needs.A_WORD),
    _format(
        "DHL",
        r"(?![A-Z]{2}\d{9}[A-Z]{2}\Z)(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)\d[0-9A-Z]{9,38}",
        None,
        Needs.A_WORD,
    ),
    _format("DHL", r"\d{14}", None, Needs.ITS_NAME),
    _format("Purolator", r"[A-Z]{3}\d{9}", None, Needs.ITS_NAME),
)
