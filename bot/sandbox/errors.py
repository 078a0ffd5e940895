"""Refusals of the stand-in Slack.

MethodError
  DeliveryError
"""

from __future__ import annotations

from typing import Any


class MethodError(Exception):
    """A refusal in Slack's words: `{"ok": false, "error": <code>}` with the extra fields beside it."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


class DeliveryError(MethodError):
    """The bot was not reached, or not in time; `str()` is what the person is told."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence
