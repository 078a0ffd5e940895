"""Quoted lines, and the line above them that says who wrote them and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from routing import mail_phrases, patterns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST_LINE: Final = 400
"""Characters; what is longer was written by a person."""
_MOST_LINES: Final = 4
"""Over which one attribution is wrapped."""
_DATE_WITHIN: Final = 5
"""Words: "Il giorno lun 3 ...", "On Monday, June 3 ..."."""
_LONGEST_NAME: Final = 10
"""Words between "wrote" and the colon, in languages that put the verb before the name."""
_COLONS: Final = ":\uff1a"
_ENDS: Final = (*_COLONS, "----")
"""Of an attribution; the strokes are Zoho's."""

_WROTE = patterns.compile_pattern(mail_phrases.WROTE, groups=False)
_WROTE_COLON = patterns.compile_pattern(rf"{mail_phrases.WROTE}\s?[{_COLONS}]", groups=False)
_TIME = patterns.compile_pattern(r"\d[:h]\d\d|\d[時时点點시]", groups=False)
_DATE = patterns.compile_pattern(
    r"\b(?:19|20)\d\d(?:\D|$)|\b\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}", groups=False
)


class Attribution(NamedTuple):
    """Who wrote, and when: "On Monday, 3 June 2024 at 10:02, Ana wrote:"."""

    end: int
    """The line after it."""
    is_certain: bool
    """Whether it needs no quoted line below to be believed."""


def is_quoted(line: str) -> bool:
    """Whether the line is marked as another's words (RFC 3676, 4.5)."""
    return line.lstrip().startswith(">")


def attribution(lines: Sequence[str], start: int) -> Attribution | None:
    """The attribution that begins at this line, also a wrapped one.

    No later line may look like its beginning, so that the words above it stay the writer's.
    """
    last = _last_line(lines, start)
    if last is None:
        return Attribution(start + 1, is_certain=True) if _goes_on(lines[start]) else None
    here, *later = (
        " ".join(" ".join(lines[first : last + 1]).split()) for first in _beginnings(lines, start, last)
    )
    if any(map(_is_dated, later)):
        return None
    if _is_dated(here):
        return Attribution(last + 1, is_certain=True)
    if any(map(_is_named, later)) or not _is_named(here):
        return None
    is_certain = sum(_evidence(here)) > 1
    return Attribution(last + 1, is_certain) if is_certain or last == start else None


def _beginnings(lines: Sequence[str], start: int, last: int) -> Iterator[int]:
    """This line and those below it, but where an address or what follows one is only wrapped."""
    yield start
    for at in range(start + 1, last + 1):
        if not lines[at].startswith("<") and not lines[at - 1].rstrip().endswith((">", ">,")):
            yield at


def _last_line(lines: Sequence[str], start: int) -> int | None:
    """The line with the colon that ends what begins here."""
    for position in range(start, min(start + _MOST_LINES, len(lines))):
        line = lines[position].rstrip(" \t\u00a0*")
        if not line or len(line) > _LONGEST_LINE or is_quoted(line) or line.endswith((".", "!", "?")):
            return None
        if line.endswith(_ENDS):
            return position
    return None


def _goes_on(line: str) -> bool:
    """Whether quoted words follow on the same line, as Yahoo's app writes."""
    verb = (
        next(patterns.find(_WROTE_COLON, line[:_LONGEST_LINE]), None) if "@" in line[:_LONGEST_LINE] else None
    )
    return verb is not None and all(_evidence(line[: verb.end])) and _is_dated(line[: verb.end])


def _is_dated(run: str) -> bool:
    """A date, then a name: as most programs write. Some put no verb, only the address at the end."""
    words = run.strip("- ").split()[:_DATE_WITHIN]
    if not any(word[0].isdigit() for word in words):
        return False
    evidence = _evidence(run)
    ends_in_address = run.rstrip(_COLONS + " ").endswith((">", ")"))
    return sum(evidence) > 1 and (_says_wrote(run) or (all(evidence) and ends_in_address))


def _is_named(run: str) -> bool:
    """A name, then perhaps a date: "Ana wrote on 03.06.2024 10:02:"."""
    return not run[0].isdigit() and _says_wrote(run)


def _evidence(run: str) -> tuple[bool, bool, bool]:
    """What speaks for a program as the writer: an address, a time of day, a date."""
    return "@" in run, patterns.occurs(_TIME, run), patterns.occurs(_DATE, run)


def _says_wrote(run: str) -> bool:
    """Whether another person wrote: nothing but a name or a date follows the verb."""
    verb = next(patterns.find(_WROTE, run), None)
    if verb is None:
        return False
    before, after = run[: verb.start].split(), run[verb.end :].strip(f"- {_COLONS}").split()
    return bool(before) and before[-1].casefold() not in {"i", "we"} and _is_name_or_date(after)


def _is_name_or_date(words: Sequence[str]) -> bool:
    """Names begin with a capital or bring an address; dates come after the verb with a word before them."""
    if not words or (words[0].casefold() in {"am", "on"} and any(word[0].isdigit() for word in words)):
        return True
    is_name = not words[0][0].islower() or any("@" in word for word in words)
    return is_name and len(words) <= _LONGEST_NAME
