"""A JSON payload of a provider: loaded leniently, taken apart field by field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from pydantic_core import from_json

from bot.intake.interfaces import NOTES, UnparseableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

_T = TypeVar("_T")
_D = TypeVar("_D")


class Fields:
    """A payload of which each field is taken once; what is left in the end is `extra`."""

    def __init__(self, payload: dict[str, JsonValue]) -> None:
        self.extra = payload
        self._notes: list[JsonValue] = []

    def take(self, read: Callable[[JsonValue], _T], default: _D, *names: str) -> _T | _D:
        """The first of these fields that can be read; one that cannot stays in `extra`, with a note."""
        for name in names:
            value = self.extra.pop(name, None)
            if value is None:
                continue
            try:
                return read(value)
            except ValueError as error:
                self.extra[name] = value
                self.note(f"{name}: {error}")
        return default

    def note(self, sentence: str) -> None:
        """Keep a sentence for the person who looks into the mail."""
        self._notes.append(sentence)
        self.extra[NOTES] = self._notes


def load(raw: bytes) -> dict[str, JsonValue]:
    """The fields of a body.

    Raises:
        UnparseableError: It is not a JSON object.
    """
    payload = load_json(raw)
    if not isinstance(payload, dict):
        raise UnparseableError("The body is JSON, but not an object with the fields of a mail.")
    return payload


def part(found: Mapping[str, JsonValue], name: str) -> dict[str, JsonValue]:
    """An object inside, be it JSON or JSON written as text; empty where it is none."""
    value = found.get(name)
    if isinstance(value, str):
        try:
            return load(value.encode())
        except UnparseableError:
            return {}
    return value if isinstance(value, dict) else {}


def load_json(raw: bytes) -> JsonValue:
    """Fast and strict; else lenient: broken UTF-8, raw line breaks, and NUL, which no store takes.

    Raises:
        UnparseableError: It is not JSON.
    """
    try:
        if b"\\u0000" not in raw:
            return from_json(raw)  # type: ignore[no-any-return]
    except ValueError:
        pass
    try:
        lenient = json.loads(raw.decode(json.detect_encoding(raw), "replace"), strict=False)
        return from_json(json.dumps(_scrubbed(lenient)))  # type: ignore[no-any-return]  # and bounded in depth
    except (ValueError, RecursionError) as error:
        raise UnparseableError("The body is not JSON.") from error


def _scrubbed(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    if isinstance(value, dict):
        return {str(_scrubbed(key)): _scrubbed(item) for key, item in value.items()}
    return value
