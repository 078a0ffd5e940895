"""What a person typed into a modal, out of the view that Slack sends back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blocks import ids


class SubmissionError(ValueError):
    """The submitted view lacks an input that its modal requires."""


def optional(view: Mapping[str, Any], name: ids.Input) -> str | None:
    """The text, option or user of an input; None where it was left empty."""
    state = view["state"]["values"].get(name, {}).get(name, {})
    option = state.get("selected_option") or {}
    value = state.get("value") or option.get("value") or state.get("selected_user")
    return value.strip() or None if isinstance(value, str) else None


def required(view: Mapping[str, Any], name: ids.Input) -> str:
    """As `optional`, for an input that Slack does not let people leave empty.

    Raises:
        SubmissionError: it is empty or blank all the same.
    """
    value = optional(view, name)
    if value is None:
        raise SubmissionError(f"input {name} is empty")
    return value
