"""The body of an HTML form as vendors post it: `multipart/form-data` (RFC 7578) or urlencoded.

Which of the two it is, and the boundary, are read from the body itself: it begins with its first boundary line. So
a stored body can be read again without the request that brought it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote

from bot.intake import charset, loose, parts, reports
from bot.intake.interfaces import UnparseableError
from routing.email import Attachment, clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pydantic import JsonValue

    from routing.email import InboundEmail

MULTIPART: Final = "multipart/form-data"
URLENCODED: Final = "application/x-www-form-urlencoded"

MOST_ENTRIES: Final = 1000
_FIRST_LINE: Final = re.compile(rb"--([!-~ ]{0,69}[!-~])[ \t]*\r?\n")  # RFC 2046, 5.1.1
_LONGEST_HEAD: Final = 16 * 1024
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_HEADER: Final = re.compile(rb"(?im)^(content-disposition|content-type):([^\r\n]*)")
# By hand: the standard library reads parameters in quadratic time, and nobody vouches for this form yet.
_PARAMETER: Final = re.compile(r';[ \t]*([a-zA-Z]+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))')
_QUOTED_PAIR: Final = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Entry:
    """A field, or a file."""

    name: str
    content: bytes
    content_type: str = "text/plain"
    filename: str | None = None
    """As it was sent, unclean; None for a field."""

    def text(self, label: str | None = None) -> str:
        """As text, in the charset of this label or whatever it turns out to be; without NUL, which no store takes."""
        return charset.decode(self.content, label).replace("\0", "")


def read(raw: bytes) -> list[Entry]:
    """The entries in their order.

    Raises:
        UnparseableError: it is no form, or one with too many fields.
    """
    first = _FIRST_LINE.match(raw)
    entries = list(islice(_multipart(raw, first[1]) if first else _urlencoded(raw), MOST_ENTRIES + 1))
    if not entries:
        raise UnparseableError("The body is no form.")
    if len(entries) > MOST_ENTRIES:
        raise UnparseableError(f"The form has more than {MOST_ENTRIES} fields.")
    return entries


def _multipart(raw: bytes, boundary: bytes) -> Iterator[Entry]:
    """The parts that have a name (RFC 7578, 4.2)."""
    for section in parts.sections(raw, boundary):
        if (blank := _BLANK_LINE.search(section, 0, _LONGEST_HEAD)) is None:
            continue
        head = {name.lower(): value for name, value in _HEADER.findall(section, 0, blank.start())}
        told = _parameters(charset.decode(head.get(b"content-disposition", b"")))
        if "name" in told:
            media_type = charset.decode(head.get(b"content-type", b"text/plain")).partition(";")[0]
            content = section[blank.end() :]
            yield Entry(told["name"], content, media_type.strip().lower(), told.get("filename"))


def _parameters(disposition: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, quoted, token in _PARAMETER.findall(disposition):
        value = _QUOTED_PAIR.sub(r"\1", quoted) or token
        if name.endswith("*"):  # RFC 8187: charset'language'value
            value = unquote(value.rpartition("'")[2])
        found[name.lower().rstrip("*")] = value
    return found


def _urlencoded(raw: bytes) -> list[Entry]:
    # Latin-1 there and back keeps every byte, whatever its charset turns out to be.
    try:
        pairs = parse_qsl(
            raw.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=MOST_ENTRIES,
        )
    except ValueError as error:
        raise UnparseableError(f"The form has more than {MOST_ENTRIES} fields.") from error
    return [Entry(_text(name), value.encode("latin-1")) for name, value in pairs]


def _text(name: str) -> str:
    return charset.decode(name.encode("latin-1"))


def fields(entries: Iterable[Entry], charsets: Mapping[str, JsonValue] | None = None) -> dict[str, JsonValue]:
    """The fields as a payload, without the files; of several with one name the first.

    Args:
        entries: of the form.
        charsets: by field, where the form tells them.
    """
    found: dict[str, JsonValue] = {}
    for entry in entries:
        if entry.filename is None:
            label = charsets.get(entry.name) if charsets else None
            found.setdefault(entry.name, entry.text(label if isinstance(label, str) else None))
    return found


def files(entries: Iterable[Entry]) -> list[Entry]:
    """The files alone, in their order."""
    return [entry for entry in entries if entry.filename is not None]


def file_content(entries: Iterable[Entry], position: int) -> bytes | None:
    """The bytes of one of the files."""
    found = files(entries)
    return found[position].content if 0 <= position < len(found) else None


def with_files(email: InboundEmail, found: Sequence[Entry], content_ids: Mapping[str, str]) -> InboundEmail:
    """A mail with the files that came beside it, if any; Content-IDs by the names of their fields."""
    if not found:
        return email
    report = reports.read(email.headers, ((file.content_type, partial(_content, file)) for file in found))
    return email.model_copy(
        update={
            "attachments": tuple(
                _attachment(file, number, content_ids.get(file.name))
                for number, file in enumerate(found, start=1)
            ),
            **report._asdict(),
        }
    )


def _content(file: Entry) -> bytes:
    return file.content


def _attachment(file: Entry, number: int, content_id: str | None) -> Attachment:
    return Attachment(
        filename=loose.filename(file.filename or "") or f"attachment-{number}",
        content_type=clean_line(file.content_type),
        size=len(file.content),
        content_id=content_id,
    )
