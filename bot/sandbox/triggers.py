"""Trigger ids: the short-lived right to open a modal for the person who just did something."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta


@dataclass
class _Trigger:
    user_id: str
    expires_at: datetime
    is_used: bool = False


class Triggers:
    """Issues trigger ids and exchanges each of them once."""

    def __init__(self, *, ttl: timedelta, now: Callable[[], datetime]) -> None:
        self._ttl = ttl
        self._now = now
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user_id: str) -> str:
        trigger_id = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = _Trigger(user_id, self._now() + self._ttl)
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """The id of the person whose action it came from.

        Raises:
            MethodError: `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`.
        """
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise MethodError("invalid_trigger_id")
        if trigger.is_used:
            raise MethodError("exchanged_trigger_id")
        if self._now() >= trigger.expires_at:
            raise MethodError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user_id
