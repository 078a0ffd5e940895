"""Readers of loosely typed JSON: each gives a value, or a ValueError that says what was expected."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.intake import headers
from routing.email import Address, Attachment, clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import JsonValue

MOST_ATTACHMENTS: Final = 500
_LONGEST_NAME = 200
_MOST_BYTES = 2**53  # every store and every reader of JSON takes it
_EPOCH_IN_MILLISECONDS = 10**11  # as seconds this would be the year 5138


def string(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise ValueError("is not text")  # noqa: TRY004 - one error type for every reader
    return value


def line(value: JsonValue) -> str:
    return headers.line(string(value))


def body(value: JsonValue) -> str:
    return clean_text(string(value))


def identifier(value: JsonValue) -> str:
    """A provider's own id: text or a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return clean_line(string(value))


def addresses(value: JsonValue) -> tuple[Address, ...]:
    """From `a@b`, `Name <a@b>, c@d`, `{email|address, name}`, or a list of these."""
    found = tuple(_each_address(value))
    if not found and value not in ("", []):
        raise ValueError("holds no address")
    return found


def _each_address(value: JsonValue) -> Iterable[Address]:
    if isinstance(value, str):
        yield from headers.addresses(value)
    elif isinstance(value, list):
        for item in value:
            yield from () if isinstance(item, list) else _each_address(item)
    elif isinstance(value, dict):
        email, name = value.get("email") or value.get("address"), value.get("name")
        name = name if isinstance(name, str) else ""
        if isinstance(email, str) and (found := headers.address(email, name)):
            yield found


def address(value: JsonValue) -> Address | None:
    return next(iter(addresses(value)), None)


def path(value: JsonValue) -> str:
    """An SMTP path without its brackets; the null path is the empty string."""
    return clean_line(string(value)).strip("<> ").lower()


def paths(value: JsonValue) -> tuple[str, ...]:
    return tuple(path(item) for item in (value if isinstance(value, list) else [value]))


def message_ids(value: JsonValue) -> tuple[str, ...]:
    """From one text with any number of ids, or a list of texts."""
    items = value if isinstance(value, list) else [value]
    return headers.message_ids(" ".join(string(item) for item in items))


def header_pairs(value: JsonValue) -> tuple[tuple[str, str], ...]:
    """From `{name: value | [values]}`, `[{name, value}]` or `[[name, value]]`; odd items are left out."""
    if not isinstance(value, dict | list):
        raise ValueError("is neither an object nor a list")  # noqa: TRY004 - one error type for every reader
    items = value.items() if isinstance(value, dict) else map(_pair, value)
    return tuple(
        (clean_line(name), clean_line(str(one)))
        for name, many in items
        if isinstance(name, str)
        for one in (many if isinstance(many, list) else [many])
        if isinstance(one, str | int)
    )


def _pair(item: JsonValue) -> tuple[JsonValue, JsonValue]:
    if isinstance(item, dict):
        return item.get("name"), item.get("value")
    return (item[0], item[1]) if isinstance(item, list) and len(item) > 1 else (None, None)


def moment(value: JsonValue) -> datetime:
    """From ISO 8601, RFC 5322, or an epoch in seconds or milliseconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000 if value > _EPOCH_IN_MILLISECONDS else value, UTC)
        except (OverflowError, OSError) as error:
            raise ValueError("is no time") from error
    return headers.moment(string(value))


def passed(value: JsonValue) -> bool:
    """The outcome of a check: true and `pass`, or false and any other word (RFC 8601, 2.7)."""
    if isinstance(value, bool):
        return value
    return string(value).strip().lower() in {"pass", "true"}


def verdict(value: JsonValue) -> bool | None:
    """The outcome of a check of which only `pass` and `fail` say something; `neutral` and the like do not."""
    return {"pass": True, "fail": False}.get(value.strip().lower()) if isinstance(value, str) else None


def renamed(value: JsonValue, names: Mapping[str, str]) -> JsonValue:
    """An object, or each of a list, with these of its fields under their other names."""
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    if isinstance(value, dict):
        return {names.get(name, name): item for name, item in value.items()}
    return value


def attachments(value: JsonValue) -> tuple[Attachment, ...]:
    """What is told of each file. An item that cannot be read keeps its place: positions name the bytes."""
    if not isinstance(value, list):
        raise ValueError("is not a list")  # noqa: TRY004 - one error type for every reader
    return tuple(_attachment(item, number) for number, item in enumerate(value[:MOST_ATTACHMENTS], start=1))


def _attachment(item: JsonValue, number: int) -> Attachment:
    known = item if isinstance(item, dict) else {}
    texts = {name: entry for name, entry in known.items() if isinstance(entry, str)}
    url = texts.get("url", "")
    content_type = texts.get("contentType") or texts.get("content_type") or "application/octet-stream"
    return Attachment(
        filename=filename(texts.get("filename", "")) or f"attachment-{number}",
        content_type=clean_line(content_type).lower(),
        size=_size(known.get("size"), texts.get("content", "")),
        url=url if url.startswith(("https://", "http://")) else None,
        content_id=content_id(texts.get("contentId") or texts.get("content_id") or texts.get("cid") or ""),
    )


def content_id(value: str) -> str | None:
    """What the HTML part calls a file, without the angle brackets (RFC 2392); None where it has no such name."""
    return headers.line(value).strip().removeprefix("<").removesuffix(">")[:_LONGEST_NAME] or None


def _size(told: JsonValue, content: str) -> int:
    if isinstance(told, int) and 0 <= told < _MOST_BYTES:
        return int(told)
    return max(0, len(content) * 3 // 4 - content[-2:].count("="))


def filename(value: str) -> str:
    """A file's name for display: no folders, one line, at most 200 characters; may be empty."""
    base = headers.line(value).replace("\\", "/").rpartition("/")[2].strip()
    return "" if base in {".", ".."} else base[:_LONGEST_NAME]
