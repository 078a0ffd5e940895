"""What a customer newly wrote: a mail's text without quoted history, signatures and disclaimers.

Only what stands in a clear structure is cut, always whole lines. Line based and linear, whatever the mail holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from routing import closing, mail_parts, mail_phrases, patterns
from routing.email import Address
from routing.mail_parts import Kind
from routing.mail_phrases import Header

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routing.mail_parts import Part

_MOST_CLOSINGS: Final = 8
"""Signatures and disclaimers under each other."""

_FORWARD_SUBJECT = patterns.compile_pattern(mail_phrases.FORWARD_SUBJECT, groups=False)
_ADDRESS = patterns.compile_pattern(r"[^\s<>()\[\]\",;:]+@[^\s<>()\[\]\",;:]+", groups=False)


class CutKind(StrEnum):
    """Why lines are not shown; stored strings, stable for ever."""

    QUOTE = "quote"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"


_CLOSINGS: Final = ((CutKind.SIGNATURE, closing.signature), (CutKind.DISCLAIMER, closing.disclaimer))


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """Lines that are not shown: half-open, counted from zero."""

    kind: CutKind
    start_line: int
    end_line: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwarded:
    """What a forwarded mail says of the one inside it. Anybody can write this: it is an offer, not a fact."""

    sender: Address | None
    subject: str
    date: str
    """As it is written there, in whatever language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VisibleText:
    """What to show of a mail, and what was left out."""

    visible: str
    cuts: tuple[Cut, ...]
    is_interleaved: bool
    """Whether answers stand between quoted lines, which are shown too."""
    forwarded: Forwarded | None


def of(text: str, *, subject: str) -> VisibleText:
    r"""Divide the text of a mail. If nothing would be left, nothing is cut.

    Args:
        text: the body with `\n` line ends.
        subject: tells a forwarded mail of Outlook from an answer ("FW:").
    """
    lines = text.split("\n")
    parts = mail_parts.divide(lines, is_forward=patterns.occurs(_FORWARD_SUBJECT, subject))
    forward = parts.pop() if parts and parts[-1].kind is Kind.FORWARD else None
    cuts = _cut_end(lines, parts)
    if forward is None:
        cuts += _cut_beginning(lines, parts, cuts)
    if not parts and forward is None:
        cuts = []
    cuts.sort(key=lambda cut: cut.start_line)
    return VisibleText(
        visible=_without(lines, cuts),
        cuts=tuple(cuts),
        is_interleaved=any(part.kind is Kind.QUOTE for part in parts[:-1]),
        forwarded=_forwarded(forward) if forward else None,
    )


def _cut_end(lines: Sequence[str], parts: list[Part]) -> list[Cut]:
    """Take parts from the end, up to somebody's own words: no answer stands below them."""
    cuts: list[Cut] = []
    while parts and parts[-1].is_clear:
        part = parts[-1]
        if part.kind is Kind.OWN:
            cuts += _cut_closings(lines, part)
            if part.end > part.start:
                break
        else:
            cuts.append(_cut(CutKind.QUOTE, lines, part.start, part.end))
        parts.pop()
    return cuts


def _cut_closings(lines: Sequence[str], part: Part) -> Iterator[Cut]:
    """Shorten the part by what closes it, the lowest first."""
    for _ in range(_MOST_CLOSINGS):
        end = next((at for at in range(part.end, part.start, -1) if lines[at - 1].strip()), part.start)
        found = ((kind, find(lines, part.start, end)) for kind, find in _CLOSINGS if end > part.start)
        kind, start = next(((kind, start) for kind, start in found if start is not None), (None, end))
        if kind is None:
            return
        yield _cut(kind, lines, start, part.end)
        part.end = start


def _cut_beginning(lines: Sequence[str], parts: list[Part], cuts: Sequence[Cut]) -> Iterator[Cut]:
    """A quotation on top with the answer below it, once and for all; more of them are answered one by one."""
    kinds = [part.kind for part in parts]
    is_answered_below = kinds == [Kind.QUOTE, Kind.OWN] and all(cut.kind is not CutKind.QUOTE for cut in cuts)
    if is_answered_below and parts[0].is_clear:
        quote = parts.pop(0)
        yield _cut(CutKind.QUOTE, lines, quote.start, quote.end)


def _cut(kind: CutKind, lines: Sequence[str], start: int, end: int) -> Cut:
    return Cut(kind=kind, start_line=start, end_line=end, text="\n".join(lines[start:end]).strip())


def _without(lines: Sequence[str], cuts: Sequence[Cut]) -> str:
    kept: list[str] = []
    position = 0
    for cut in cuts:
        kept += lines[position : cut.start_line]
        position = cut.end_line
    text = "\n".join([*kept, *lines[position:]]).rstrip()
    blank = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, blank) + 1 :]  # the first line keeps its indentation


def _forwarded(part: Part) -> Forwarded:
    headers = part.headers
    return Forwarded(
        sender=_address(headers.get(Header.FROM, "")),
        subject=headers.get(Header.SUBJECT, ""),
        date=headers.get(Header.DATE, ""),
    )


def _address(value: str) -> Address | None:
    """`Ana <ana@shop.example>`, `Ana [mailto:ana@shop.example]` or the address alone."""
    found = next(patterns.find(_ADDRESS, value), None)
    if found is None:
        return None
    name = value[: found.start].removesuffix("mailto:").strip(" \t\"'<[(")
    return Address(email=found.words.lower(), name=name)
