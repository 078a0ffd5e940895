"""Check digits: whether a number can be one that somebody gave out, or holds a slip of the pen.

Each function takes a number as it is stored, without blanks and in upper case, with its check digit at the end
where nothing else is said. What has characters that cannot belong to such a number fails.
"""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1, as in card numbers: every second digit from the right is doubled, and its digits added."""
    if not _is_digits(number):
        return False
    return sum(sum(divmod(digit * weight, 10)) for digit, weight in _from_right(number, (1, 2))) % 10 == 0


def gs1(number: str) -> bool:
    """The check digit of GS1, as in GTIN, SSCC and EAN: weights 3 and 1 from the right."""
    return _is_digits(number) and sum(d * w for d, w in _from_right(number, (1, 3))) % 10 == 0


def mod97(number: str) -> bool:
    """ISO 7064 MOD 97-10 as an IBAN has it (ISO 13616): two letters, two check digits, then the rest."""
    if not number[4:] or not set(number) <= set(_ALPHABET):
        return False
    rest = 0
    for sign in number[4:] + number[:4]:
        value = _ALPHABET.index(sign)
        rest = (rest * (10 if sign.isdigit() else 100) + value) % 97
    return rest == 1


def ups(number: str) -> bool:
    """UPS: weights 1 and 2 from the left, ten to the next ten; a letter counts as its place from A = 2 on."""
    if not set(number) <= set(_ALPHABET) or not number[-1:].isdigit():
        return False
    values = [int(sign) if sign.isdigit() else (ord(sign) - ord("A") + 2) % 10 for sign in number]
    return (_weighted(values[:-1], (1, 2)) + values[-1]) % 10 == 0


def fedex(number: str) -> bool:
    """FedEx Express: weights 1, 3 and 7 from the right, modulo 11, where ten is written 0."""
    if not _is_digits(number):
        return False
    total = _weighted([int(digit) for digit in reversed(number[:-1])], (1, 3, 7))
    return total % 11 % 10 == int(number[-1])


def mod7(number: str) -> bool:
    """DHL Express: what is left of the number before it, divided by seven."""
    return _is_digits(number) and len(number) > 1 and int(number[:-1]) % 7 == int(number[-1])


def mod37_36(number: str) -> bool:
    """ISO 7064 MOD 37,36, as DPD has it: the check character may be a letter."""
    if not number or not set(number) <= set(_ALPHABET):
        return False
    product = 36
    for sign in number[:-1]:
        product = ((product + _ALPHABET.index(sign)) % 36 or 36) * 2 % 37
    return (37 - product) % 36 == _ALPHABET.index(number[-1])


def s10(number: str) -> bool:
    """The nine digits of UPU S10, weights 8 6 4 2 3 5 9 7, modulo 11."""
    if not _is_digits(number):
        return False
    rest = 11 - _weighted([int(digit) for digit in number[:-1]], (8, 6, 4, 2, 3, 5, 9, 7)) % 11
    return {10: 0, 11: 5}.get(rest, rest) == int(number[-1])


Check = Literal["luhn", "gs1", "mod97"]
"""What an author of extractors may ask for by name."""
BY_NAME: dict[Check, Callable[[str], bool]] = {"luhn": luhn, "gs1": gs1, "mod97": mod97}


def _is_digits(number: str) -> bool:
    return number.isascii() and number.isdigit()


def _weighted(values: Sequence[int], weights: Sequence[int]) -> int:
    return sum(value * weight for value, weight in zip(values, cycle(weights), strict=False))


def _from_right(number: str, weights: Sequence[int]) -> Iterable[tuple[int, int]]:
    return zip(map(int, reversed(number)), cycle(weights), strict=False)
