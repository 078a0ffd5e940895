"""The parts of a MIME message (RFC 2045, 2046), found in bounded time and depth.

The standard library reads the headers of each part. The tree is cut here: the library's parser has no
limits and takes quadratic time over nested boundaries.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.policy import Compat32
from itertools import islice
from typing import TYPE_CHECKING, Final

from bot.intake import charset, loose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import Message

MOST_PARTS: Final = 500
DEEPEST: Final = 50
LONGEST_HEAD: Final = 256 * 1024
_LONGEST_PART_HEAD: Final = 16 * 1024
_LONGEST_STRUCTURE: Final = 4096  # of one Content-* value: the library reads parameters in quadratic time

# What the library trips over in hostile Content-* values.
_TROUBLE = (ValueError, LookupError, AttributeError, TypeError, RecursionError)

# A blank line ends the headers, and so does one that is no header: it and what follows are the body.
_HEAD_END = re.compile(rb"(?m)^(?!From |[!-9;-~]+:|[\t ])")
_BLANK_LINE = re.compile(rb"\A\r?\n")


class _AsItCame(Compat32):
    """Header values as the text that came: no other policy reads every value without raising."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value[:_LONGEST_STRUCTURE] if name.lower().startswith("content-") else value


_HEAD_PARSER = BytesHeaderParser(policy=_AsItCame())


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the tree; its body is still encoded."""

    content_type: str
    filename: str
    """Cleaned for display; empty where the part has no name."""
    content_id: str | None
    is_attachment: bool
    charset: str | None
    body: bytes
    encoding: str

    def content(self) -> bytes:
        """The bytes without their transfer encoding (RFC 2045, 6)."""
        if self.encoding == "base64":
            return charset.decode_base64(self.body)
        if self.encoding == "quoted-printable":
            return binascii.a2b_qp(self.body)
        return self.body

    def text(self) -> str:
        return charset.decode(self.content(), self.charset)


@dataclass(slots=True)
class Tree:
    """The headers of the message and its leaves in order, with notes on what was dropped past a limit."""

    headers: tuple[tuple[str, str], ...] = ()
    parts: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def read(raw: bytes) -> Tree:
    """Take a message apart. Never raises; a body without headers gives a tree without headers."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    tree = Tree()
    head, body = _split(raw, LONGEST_HEAD, tree)
    tree.headers = _pairs(head)
    _walk(head, body, tree, depth=0)
    return tree


def read_headers(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Only the headers of a message, such as one inside another. Never raises."""
    return _pairs(_split(raw.lstrip(b"\r\n"), _LONGEST_PART_HEAD, Tree())[0])


def _pairs(head: Message[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name), _text(value)) for name, value in head.items())


def _split(raw: bytes, longest: int, tree: Tree) -> tuple[Message[str, str], bytes]:
    found = _HEAD_END.search(raw)
    end = found.start() if found else len(raw)
    if end > longest:
        tree.note(f"headers: only the first {longest // 1024} KiB were read")
    return _HEAD_PARSER.parsebytes(raw[: min(end, longest)]), _BLANK_LINE.sub(b"", raw[end:], count=1)


def _walk(head: Message[str, str], body: bytes, tree: Tree, *, depth: int) -> None:
    boundary = _boundary(head)
    found = list(islice(sections(body, boundary), MOST_PARTS + 1)) if boundary else []
    if not found:
        return tree.parts.append(_leaf(head, body))
    if depth == DEEPEST:
        return tree.note(f"parts: those nested deeper than {DEEPEST} were dropped")
    for section in found:
        if len(tree.parts) >= MOST_PARTS:
            return tree.note(f"parts: only the first {MOST_PARTS} were read")
        _walk(*_split(section, _LONGEST_PART_HEAD, tree), tree, depth=depth + 1)
    return None


def sections(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the boundary lines of a multipart (RFC 2046, 5.1.1)."""
    body = b"\n" + body
    line = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    start = None
    for found in line.finditer(body):
        if start is not None:  # the line break before a boundary belongs to the boundary
            yield body[start : found.start()].removesuffix(b"\r")
        if found.group(1):
            return
        start = found.end() + 1
    if start is not None:  # cut off on the way: what came is kept
        yield body[start:]


def _boundary(head: Message[str, str]) -> bytes:
    try:
        if head.get_content_maintype() != "multipart":
            return b""
        return (head.get_boundary() or "").encode("utf-8", "surrogateescape")
    except _TROUBLE:
        return b""


def _leaf(head: Message[str, str], body: bytes) -> Part:
    return Part(
        content_type=_guarded(head.get_content_type) or "text/plain",
        filename=loose.filename(_guarded(head.get_filename)),
        content_id=loose.content_id(_text(head.get("Content-ID", ""))),
        is_attachment=_guarded(head.get_content_disposition) == "attachment",
        charset=_guarded(head.get_content_charset) or None,
        body=body,
        encoding=_text(head.get("Content-Transfer-Encoding", "")).strip().lower(),
    )


def _guarded(read: Callable[[], str | None]) -> str:
    try:
        return _text(read() or "")
    except _TROUBLE:
        return ""


def _text(value: str) -> str:
    """Raw 8-bit characters, which the library hides as surrogates, decoded."""
    return value if value.isascii() else charset.decode(value.encode("utf-8", "surrogateescape"))
