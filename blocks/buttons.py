"""Buttons that more than one message carries."""

from __future__ import annotations

from typing import Literal

from slack_sdk.models.blocks import ButtonElement, ConfirmObject

from blocks import ids, text


def press(
    label: str,
    action: ids.Action,
    *,
    value: str,
    style: Literal["primary", "danger"] | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """A button whose press comes back with an encoded ref as its value."""
    return ButtonElement(text=text.plain(label), action_id=action, value=value, style=style, confirm=confirm)


def sure(title: str, words: str, *, yes: str) -> ConfirmObject:
    """The question that Slack asks before a button acts; `words` are plain and escaped, 300 at most."""
    return ConfirmObject(
        title=text.plain(title),
        text=text.plain(words),
        confirm=text.plain(yes),
        deny=text.plain("Cancel"),
    )


def trace(url: str) -> ButtonElement:
    """Opens the record of the mail: the stored JSON and every step that was taken."""
    return ButtonElement(text=text.plain("Trace"), action_id=ids.Action.TRACE, url=url)
