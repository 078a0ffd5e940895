"""Tests for the rules out of what people said of their decisions, as YAML to paste into support.yaml."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from routing import visible_text
from routing.email import clean_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.config import SupportConfig
    from routing.email import InboundEmail
    from routing.labels import RoutingLabel
    from storage.unit_of_work import Storage

_MOST_TEXT = 400
"""Characters: enough for the words that should decide, and few enough to read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """One mail, and where it really belongs."""

    reference: str
    email: InboundEmail
    rule: str | None
    """Which rule misread it; None where none decided."""
    from_queue: str
    """Where the rules had sent it."""
    to_queue: str


async def gather(storage: Storage, config: SupportConfig, *, since: datetime, limit: int) -> list[Suggestion]:
    """The tickets that people moved since then, newest first: those whose last place is known and is another one."""
    found: list[Suggestion] = []
    async with storage.reading() as uow:
        last = {label.ticket_id: label for label in await uow.routing_labels.since(since)}
        for label in sorted(last.values(), key=lambda label: label.at, reverse=True):
            if len(found) == limit:
                break
            if label.to_queue not in config.queues:  # nobody knew, or it is gone
                continue
            stored = await uow.emails.get(label.trace_id)
            if stored.email and stored.decision and stored.decision.queue != label.to_queue:
                found.append(_suggestion(config, label, stored.email, stored.decision.queue))
    return found


def _suggestion(
    config: SupportConfig, label: RoutingLabel, email: InboundEmail, from_queue: str
) -> Suggestion:
    return Suggestion(
        reference=f"{config.desk.ticket_prefix}-{label.ticket_id}",
        email=email,
        rule=label.rule,
        from_queue=from_queue,
        to_queue=label.to_queue or "",
    )


def as_yaml(suggestions: Sequence[Suggestion]) -> str:
    """The key `tests` with an item for each."""
    return "".join(["tests:\n", *map(_item, suggestions)])


def _item(suggestion: Suggestion) -> str:
    email = suggestion.email
    words = visible_text.of(email.text, subject=email.subject).visible
    mail = {
        "subject": email.subject,
        "text": words[:_MOST_TEXT].rstrip(),
        "from": email.sender.email if email.sender else "",
    }
    fields = "".join(f"      {key}: {_quoted(value)}\n" for key, value in mail.items() if value)
    return (
        f"  # {suggestion.reference}: sent to {suggestion.from_queue} by {_rule(suggestion)}, "
        f"moved to {suggestion.to_queue} by people.\n"
        f"  - mail:\n{fields}"
        f"    expect: {_flow({'queue': suggestion.to_queue})}\n"
    )


def _rule(suggestion: Suggestion) -> str:
    return f"the rule {clean_line(suggestion.rule)}" if suggestion.rule else "no rule"


def _quoted(words: str) -> str:
    """On one line, with the escapes of YAML."""
    quoted: str = yaml.safe_dump(words, default_style='"', allow_unicode=True, width=math.inf)
    return quoted.strip()


def _flow(value: dict[str, str]) -> str:
    flow: str = yaml.safe_dump(value, default_flow_style=True, width=math.inf)
    return flow.strip()
