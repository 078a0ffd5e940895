"""What became of a reload of support.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import SectionBlock

from blocks import text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routing.ruleset_changes import Changes

_SHOWN = 10
_HASH = 12
"""Hex digits of a rule set's hash that people see."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reloaded:
    """The new rules decide now."""

    before: str
    after: str
    """Content hashes of the rule sets."""
    changes: Changes
    sections: tuple[str, ...]
    """Other parts of the file that changed: `queues`."""
    needs_restart: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """The old rules go on."""

    ruleset: str
    """Content hash of the rules that stay."""
    problems: tuple[str, ...]
    """Each as file:line:col and what is wrong there."""


def build(outcome: Reloaded | Refused) -> SlackMessage:
    """The answer to who asked."""
    rows = list(_reloaded(outcome) if isinstance(outcome, Reloaded) else _refused(outcome))
    return SlackMessage(text=rows[0], blocks=(SectionBlock(text=text.mrkdwn("\n".join(rows))),))


def notice(refused: Refused) -> str:
    """The same in one line, for the operators; it is not escaped yet."""
    problems = text.capped(refused.problems, limit=3)
    return f"support.yaml was not reloaded, rule set {refused.ruleset[:_HASH]} stays: {'; '.join(problems)}"


def _reloaded(outcome: Reloaded) -> Iterator[str]:
    changes = outcome.changes
    if outcome.before == outcome.after:
        yield f"Reloaded. The rules are the same: rule set `{outcome.after[:_HASH]}`."
    else:
        yield f"Reloaded. Rule set `{outcome.before[:_HASH]}` → `{outcome.after[:_HASH]}`."
    for word, rules in (("Added", changes.added), ("Removed", changes.removed), ("Changed", changes.changed)):
        if rules:
            yield f"{word}: {_names(rules)}"
    if changes.is_reordered:
        yield "The rules stand in another order."
    if outcome.sections:
        yield f"Changed beside the rules: {_names(outcome.sections)}"
    if outcome.needs_restart:
        yield f"⚠️ Needs a restart, until then the old value stays: {_names(outcome.needs_restart)}"


def _refused(outcome: Refused) -> Iterator[str]:
    yield f"support.yaml cannot be used: rule set `{outcome.ruleset[:_HASH]}` stays."
    yield from text.capped([text.inline(problem, limit=200) for problem in outcome.problems], limit=_SHOWN)


def _names(names: Sequence[str]) -> str:
    return ", ".join(text.capped([text.code(name, limit=60) for name in names], limit=_SHOWN))
