"""Tracking numbers of parcels, told from all other long numbers by form, check digit and the words around."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from routing import couriers, parcel_words, patterns
from routing.decision import Entity

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "tracking_number"

_MAX_LOOKS = 500
"""Long numbers of one field that are looked into: a pasted table must not hold up the mail behind it."""
_BLANKS = " \u00a0\u202f"
# People copy the groups in which a courier prints a number. What is found here is only long enough; the formats
# decide. The last character may be the one behind the number: a boundary that holds in texts without blanks, too.
_LONG = patterns.compile_pattern(
    r"(?:1Z(?:_[0-9A-Z]){16}|TB[ACM](?:_[0-9]){12}|[A-Z]{2}(?:_[0-9]){9}_[A-Z]{2}"
    r"|[0-9](?:_[0-9]){9,35}(?:_[A-Z])?|[A-Z]{0,4}[0-9][0-9A-Z]{7,}(?:-1)?)(?:[^0-9A-Z]|\z)".replace(
        "_", f"[{_BLANKS}]?"
    ),
    groups=False,
)
_GROUP = re.compile(rf"[^{_BLANKS}]+")
_GOES_ON_BEFORE = re.compile(r"(?:[0-9A-Za-z+]|[0-9][-.])\Z")
_GOES_ON_BEHIND = re.compile(r"[-./][0-9]")
_PHONE = re.compile(rf"[0-9]{{3}}[{_BLANKS}][0-9]{{3}}[{_BLANKS}][0-9]{{4}}")
"""As North America writes it."""


def find(text: str, *, field: str) -> Iterator[Entity]:
    """Yield the tracking numbers of one field, without blanks and in upper case; `detail` is the courier."""
    for match in islice(patterns.find(_LONG, text), _MAX_LOOKS):
        end = match.end if match.words[-1:].isalnum() and match.words[-1:].isascii() else match.end - 1
        if not _is_something_else(text, match.start, end):
            yield from _read(text, match.start, end, field)


def _is_something_else(text: str, start: int, end: int) -> bool:
    """Such as a phone number, or a part of a date."""
    before = text[max(0, start - 2) : start]
    goes_on = _GOES_ON_BEFORE.search(before) or _GOES_ON_BEHIND.match(text, end)
    return bool(goes_on or _PHONE.fullmatch(text, start, end))


def _read(text: str, start: int, end: int, field: str) -> Iterator[Entity]:
    position = start
    for first, last in _spans(text, start, end):
        words = text[first:last]
        number = "".join(words.split())
        # Blanks among small letters divide words.
        is_prose = len(number) < len(words) and words != words.upper()
        if first < position or is_prose or not number.isascii():
            continue
        if courier := _courier(number.upper(), text, first, last):
            yield Entity(kind=KIND, value=number.upper(), field=field, start=first, end=last, detail=courier)
            position = last


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the whole, the whole but for a letter that may be a word, and each group, such as those of a list.

    Any other part of a number whose check fails could pass by chance.
    """
    groups = [match.span() for match in _GROUP.finditer(text, start, end)]
    yield start, end
    if len(groups) > 1:
        if text[groups[-1][0] : end].isalpha():
            yield start, groups[-2][1]
        yield from groups


def _courier(number: str, text: str, start: int, end: int) -> str | None:
    formats = tuple(couriers.formats_of(number))
    if not formats:
        return None
    nearby = parcel_words.around(text, start, end)
    likely = sorted(
        (form for form in formats if _is_likely(form, nearby)),
        key=lambda form: form.courier not in nearby.couriers,
    )
    if not likely:
        return None
    courier = likely[0].courier
    return couriers.s10_issuer(number) if courier == couriers.S10 else courier


def _is_likely(form: couriers.Format, nearby: parcel_words.Nearby) -> bool:
    """A number that could be anything is no number of FedEx where only DHL is named."""
    if form.needs is couriers.Needs.NOTHING or form.courier in nearby.couriers:
        return True
    return form.needs is couriers.Needs.A_WORD and nearby.is_parcel and not nearby.couriers
