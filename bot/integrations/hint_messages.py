"""How a hint is written in a message of a broker."""

from __future__ import annotations

import json
from typing import Any

from storage.hints import Hint


def written(hint: Hint) -> bytes:
    return json.dumps({"id": hint.entry_id, "lane": hint.lane, "key": hint.ordering_key}).encode()


def read(body: bytes | str) -> Hint:
    """Raises ValueError for what is no hint."""
    found: Any = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - as for anything else that is no hint
    entry_id, lane, key = found.get("id"), found.get("lane"), found.get("key")
    if type(entry_id) is not int or not isinstance(lane, str) or not (key is None or isinstance(key, str)):
        raise ValueError("no hint")
    return Hint(entry_id, lane, key)
