"""Buttons that more than one message carries."""

from __future__ import annotations

from typing import Literal

from slack_sdk.models.blocks import ButtonElement

from blocks import ids, text


def press(
    label: str, action: ids.Action, *, value: str, style: Literal["primary", "danger"] | None = None
) -> ButtonElement:
    """A button whose press comes back with an encoded ref as its value."""
    return ButtonElement(text=text.plain(label), action_id=action, value=value, style=style)


def trace(url: str) -> ButtonElement:
    """Opens the record of the mail: the stored JSON and every step that was taken."""
    return ButtonElement(text=text.plain("Trace"), action_id=ids.Action.TRACE, url=url)
