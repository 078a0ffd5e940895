r"""Patterns as their authors mean them, in words that RE2 understands (https://github.com/google/re2/wiki/Syntax).

RE2's `\w`, `\d`, `\s` and `\b` are ASCII only: `\bGröße\b` would miss the word. So a pattern is read once and
written anew in three ways: exact on text whose words are ASCII; without its word boundaries, which finds at least what
the author means; and for a text in which each word boundary carries a mark, where it is exact in every script.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "\x01"
"""Stands at a word boundary of a marked text: a character that no mail has left once it is read, and one byte."""
INNER_MARK = "\x02"
"""Stands where there is no boundary, for `\\B`."""
MARKS = 3
"""How often a mark is written: so many boundaries may be asked for at one place."""

_SKIP = f"[{MARK}{INNER_MARK}]*"
_SPACES = r"\t-\r\x1c-\x20\x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_NO_SPACES = (
    r"\x00\x03-\x08\x0e-\x1b\x21-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}"
    r"\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10fffd}"
)
_WORD = r"\p{L}\p{N}_"
_PUNCTUATION_BUT_UNDERSCORE = (
    r"\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}\x{203f}\x{2040}\x{2054}\x{fe33}\x{fe34}\x{fe4d}-\x{fe4f}\x{ff3f}"
)
_CONTROLS = r"\x00\x03-\x1f\x7f-\x9f\p{Cf}\p{Co}"
"""But the marks."""
_CASELESS_NO_WORD = rf"{_PUNCTUATION_BUT_UNDERSCORE}\p{{S}}\p{{Z}}{_CONTROLS}"

_IOTA_SUBSCRIPT = 0x345


@cache
def _marks() -> str:
    r"""`\p{M}` without the iota subscript: regardless of case it is the letter iota, which is a word."""
    points = [
        point for point in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0))
        if unicodedata.category(chr(point)).startswith("M") and point != _IOTA_SUBSCRIPT
    ]  # fmt: skip
    starts = [point for point, before in zip(points, [-1, *points], strict=False) if point != before + 1]
    ends = [point for point, after in zip(points, [*points[1:], -1], strict=True) if after != point + 1]
    return "".join(rf"\x{{{start:x}}}-\x{{{end:x}}}" for start, end in zip(starts, ends, strict=True))


def _members(letter: str) -> str:
    """Members of a class, in Unicode, as Python's `re` has them."""
    match letter:
        case "w":
            return _WORD
        case "W":
            return _marks() + _CASELESS_NO_WORD
        case "d":
            return r"\p{Nd}"
        case "D":
            return rf"\p{{L}}\p{{M}}\p{{Nl}}\p{{No}}_{_CASELESS_NO_WORD}"
        case "s":
            return _SPACES
        case _:
            return _NO_SPACES


_ASCII_MEMBERS = {"w": r"\w", "W": r"\W", "d": r"\d", "D": r"\D", "s": _SPACES, "S": _NO_SPACES}
"""Members of a class where every letter and digit is ASCII: far smaller automata."""

_TOKEN = re.compile(
    r"""
      (?P<quoted>\\Q(?:(?!\\E).)*(?:\\E|\Z))
    | (?P<property>\\[pP](?:\{\^?\w+\}|\w))
    | (?P<shorthand>\\[wWdDsS])
    | (?P<boundary>\\[bB])
    | (?P<anchor>\\[Az]|[\^$])
    | (?P<escape>\\x\{[0-9a-fA-F]+\}|\\x[0-9a-fA-F]{2}|\\[0-7]{2,3}|\\0|\\[^0-9a-zA-Z]|\\[aftnrv])
    | (?P<class>\[)
    | (?P<open>\((?:\?(?:P?<[A-Za-z_]\w*>|[imsU]*(?:-[imsU]+)?:))?(?!\?))
    | (?P<flags>\(\?[imsU]*(?:-[imsU]+)?\))
    | (?P<close>\))
    | (?P<bar>\|)
    | (?P<quantifier>(?:[*+?]|\{\d+(?:,\d*)?\})\??)
    | (?P<dot>\.)
    | (?P<literal>[^\\(])
    """,
    re.VERBOSE | re.DOTALL,
)
_CLASS_TOKEN = re.compile(
    r"""
      (?P<end>\])
    | (?P<posix>\[:\^?[a-z]+:\])
    | (?P<property>\\[pP](?:\{\^?\w+\}|\w))
    | (?P<shorthand>\\[wWdDsS])
    | (?P<plain>\\x\{[0-9a-fA-F]+\}|\\.|[^\\])
    """,
    re.VERBOSE | re.DOTALL,
)
_NOT_IN_RE2 = (
    ("(?=", "lookahead: match the text that follows, too, or combine two conditions by all"),
    ("(?!", "negative lookahead: write a second condition under not, combined by all"),
    ("(?<=", "lookbehind: match the text before, too; the value of an entity is its first group"),
    ("(?<!", "negative lookbehind: write a second condition under not, combined by all"),
    ("(?>", "atomic groups: write (?: instead, a search is linear anyway"),
    ("(?P=", "backreferences: write out what is repeated"),
    ("(?(", "conditions: write the two cases as alternatives, a|b"),
    ("(?#", "comments: put it into the description of the rule"),
    (r"\Z", r"\Z: the end of the text is \z"),
    (r"\C", r"\C: it is a byte; a character is . (dot)"),
    (r"\G", r"\G: the beginning of the text is \A"),
    (r"\X", r"\X: a character is . (dot)"),
    (r"\K", r"\K: the value of an entity is its first group"),
    (r"\u", r"\u: write \x{...} with the code point in hexadecimal"),
    (r"\N", r"\N: write the character itself, or \x{...}"),
)


class PatternSyntaxError(ValueError):
    """The pattern cannot be used; says where and what to write instead."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"not a valid RE2 pattern, at character {position + 1}: {reason}")
        self.position = position
        """Offset in characters from the start of the pattern."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewritten:
    """One pattern in its three forms."""

    ascii_words: str
    """Exact on text without letters or digits beyond ASCII."""
    unbounded: str
    """Finds at least what the pattern finds, in any text; the same if it `has_boundaries` not."""
    marked: str
    """Exact on marked text."""
    has_boundaries: bool
    needs_inner_marks: bool


def rewrite(pattern: str) -> Rewritten:
    """Read a pattern and write its three forms.

    Raises:
        PatternSyntaxError: it has something that RE2 has not.
    """
    pieces = list(_Reader(pattern).pieces())
    return Rewritten(
        ascii_words="".join(piece.ascii_words for piece in pieces),
        unbounded="".join(piece.unbounded for piece in pieces),
        marked="".join(piece.marked for piece in pieces),
        has_boundaries=any(piece.boundary for piece in pieces),
        needs_inner_marks=any(piece.boundary == r"\B" for piece in pieces),
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    ascii_words: str
    unbounded: str
    marked: str
    boundary: str = ""


def _same(text: str) -> _Piece:
    return _Piece(text, text, text)


def _consuming(ascii_words: str, unicode: str, marked: str | None = None) -> _Piece:
    """What takes a character: in a marked text it stands behind any marks."""
    return _Piece(ascii_words, unicode, f"(?:{_SKIP}{marked or unicode})")


class _Reader:
    """One pass over a pattern; knows in which groups a dot matches a line break."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._dotall = [False]

    def pieces(self) -> Iterator[_Piece]:
        position = 0
        while position < len(self._pattern):
            self._refuse(position)
            found = _TOKEN.match(self._pattern, position)
            if found is None:
                raise PatternSyntaxError(position, self._strange(position))
            if found.lastgroup == "class":
                piece, position = self._class(position)
                yield piece
            else:
                yield from self._piece(str(found.lastgroup), found[0])
                position = found.end()

    def _refuse(self, position: int) -> None:
        for start, instead in _NOT_IN_RE2:
            if self._pattern.startswith(start, position):
                raise PatternSyntaxError(position, f"RE2 has no {instead}")
        if re.match(r"\\[1-9](?![0-7])", self._pattern[position : position + 3]):
            raise PatternSyntaxError(position, "RE2 has no backreferences: write out what is repeated")

    def _strange(self, position: int) -> str:
        if position == len(self._pattern) - 1:
            return "it ends within an escape or a group"
        return f"{self._pattern[position : position + 2]!r} means nothing"

    def _piece(self, kind: str, written: str) -> Iterator[_Piece]:
        match kind:
            case "boundary":
                yield _Piece(written, "(?:)", MARK if written == r"\b" else INNER_MARK, written)
            case "anchor":
                yield _Piece(written, written, written if written in {"^", r"\A"} else _SKIP + written)
            case "open" | "flags" | "close":
                self._scope(kind, written)
                yield _same(written)
            case "bar" | "quantifier":
                yield _same(written)
            case "quoted":
                yield from map(_literal, written.removeprefix(r"\Q").removesuffix(r"\E"))
            case "dot":
                yield _consuming(".", ".", f"[^{MARK}{INNER_MARK}{'' if self._dotall[-1] else chr(10)}]")
            case "shorthand":
                yield _shorthand(written[1])
            case "property":
                yield _property(written)
            case _:
                yield _consuming(written, written)

    def _scope(self, kind: str, token: str) -> None:
        """Follow the flag `s` through the groups."""
        if kind == "close":
            if len(self._dotall) > 1:
                self._dotall.pop()
            return
        on, _, off = token.strip("(?:)").partition("-") if "<" not in token else ("", "", "")
        dotall = "s" in on or (self._dotall[-1] and "s" not in off)
        if kind == "open":
            self._dotall.append(dotall)
        else:
            self._dotall[-1] = dotall

    def _class(self, start: int) -> tuple[_Piece, int]:
        r"""`[...]` from its bracket on, and the position behind it."""
        position = start + 1
        is_negated = self._pattern.startswith("^", position)
        position += is_negated
        content = _ClassContent()
        is_first = True
        while found := _CLASS_TOKEN.match(self._pattern, position):
            if found.lastgroup == "end" and not is_first:
                return content.piece(is_negated=is_negated), found.end()
            content.add(str(found.lastgroup), found[0])
            is_first, position = False, found.end()
        raise PatternSyntaxError(start, "missing ]: the class never ends")


class _ClassContent:
    """The members of one class in ASCII and in Unicode; what is the opposite of a property stands apart."""

    def __init__(self) -> None:
        self._ascii: list[str] = []
        self._unicode: list[str] = []
        self._opposites: list[str] = []

    def add(self, kind: str, token: str) -> None:
        if kind == "property" and (opposite := _opposite(token)):
            self._ascii.append(token)
            self._opposites.append(opposite)
            return
        shorthand = token[1] if kind == "shorthand" else ""
        self._ascii.append(_ASCII_MEMBERS[shorthand] if shorthand else token)
        self._unicode.append(_members(shorthand) if shorthand else token)

    def piece(self, *, is_negated: bool) -> _Piece:
        start = "[^" if is_negated else "["
        every = "".join(self._unicode) + "".join(_opposite_of(name) for name in self._opposites)
        plain = f"{start}{every}]"
        return _consuming(
            f"{start}{''.join(self._ascii)}]", plain, self._marked(plain, is_negated=is_negated)
        )

    def _marked(self, plain: str, *, is_negated: bool) -> str:
        """A class that takes no mark for a character."""
        if is_negated:
            return f"{plain[:-1]}{MARK}{INNER_MARK}]"
        parts = [f"[{''.join(self._unicode)}]"] if self._unicode else []
        parts += [f"[^{name}{MARK}{INNER_MARK}]" for name in self._opposites]
        return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _literal(character: str) -> _Piece:
    escaped = re.sub(r"[^\w\s]", lambda found: "\\" + found[0], character, flags=re.ASCII)
    plain = escaped if character.isascii() else character
    return _consuming(plain, plain)


def _shorthand(letter: str) -> _Piece:
    members, ascii_members = _members(letter.lower()), _ASCII_MEMBERS[letter.lower()]
    if letter.islower():
        return _consuming(f"[{ascii_members}]", f"[{members}]")
    return _consuming(f"[^{ascii_members}]", f"[^{members}]", f"[^{members}{MARK}{INNER_MARK}]")


def _property(token: str) -> _Piece:
    opposite = _opposite(token)
    return _consuming(token, token, f"[^{opposite}{MARK}{INNER_MARK}]" if opposite else token)


def _opposite(token: str) -> str:
    r"""The property that `\P{...}` or `\p{^...}` is the opposite of; empty for a plain one."""
    if token[1] == "P":
        return f"\\p{token[2:]}"
    return token.replace("{^", "{") if "{^" in token else ""


def _opposite_of(token: str) -> str:
    return f"\\P{token[2:]}"
