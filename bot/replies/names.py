"""What a stranger calls himself, as far as we repeat it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from routing.email import clean_line

LONGEST: Final = 60

_BESIDES_LETTERS = frozenset(" .'-\u2019")
# "visit evil.example": mail programs would turn it into a link in a mail of ours.
_LOOKS_LIKE_A_LINK = re.compile(r"\.\S|^www\b", re.IGNORECASE)


def presentable(name: str) -> str:
    """A personal name in reading order (`Lopez, Maria` gives `Maria Lopez`), or empty where it is none."""
    last, comma, first = clean_line(name).partition(", ")
    name = f"{first} {last}" if comma else last
    if len(name) > LONGEST or _LOOKS_LIKE_A_LINK.search(name) or not all(map(_belongs, name)):
        return ""
    return name


def greeting(name: str) -> str:
    """`Hello Maria,` or, where no name is known, `Hello,`."""
    known = presentable(name)
    return f"Hello {known}," if known else "Hello,"


def _belongs(character: str) -> bool:
    return character in _BESIDES_LETTERS or unicodedata.category(character)[0] in "LM"
