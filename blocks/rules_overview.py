"""The rules that decide now: who owns them, where they send mail, and how well."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    SectionBlock,
)

from blocks import buttons, ids, text
from blocks.message import SlackMessage

_SHOWN = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleUse:
    """One rule, and what it did in the last days."""

    id: str
    owner: str
    queue_name: str | None
    """None for a rule that only adds."""
    hits: int
    misrouted: int
    """Tickets that people moved to another queue."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """All rules in their order, and the sum of the last days."""

    ruleset: str
    """Content hash."""
    days: int
    rules: tuple[RuleUse, ...]
    decided: int
    """Mails that were routed."""
    misrouted: int


def build(overview: Overview, *, can_try: bool = False) -> SlackMessage:
    """The first forty rules; `can_try` offers to replay others."""
    heading = f"{text.counted(len(overview.rules), 'rule')}, rule set {overview.ruleset[:12]}"
    rows: list[Block] = [
        SectionBlock(text=text.mrkdwn(_row(rule, overview.days))) for rule in overview.rules[:_SHOWN]
    ]
    if (rest := len(overview.rules) - _SHOWN) > 0:
        rows.append(ContextBlock(elements=[text.mrkdwn(f"and {rest:,} more")]))
    return SlackMessage(
        text=heading,
        blocks=(
            HeaderBlock(text=text.plain(heading)),
            *rows,
            ContextBlock(elements=[text.mrkdwn(_sum(overview))]),
            *([ActionsBlock(elements=[_try(overview)])] if can_try else ()),
        ),
    )


def _try(overview: Overview) -> ButtonElement:
    return buttons.press("Try other rules", ids.Action.TRY_RULES, value=overview.ruleset)


def _row(rule: RuleUse, days: int) -> str:
    target = text.inline(rule.queue_name, limit=50) if rule.queue_name else "only adds"
    mark = "" if rule.hits else "💤 "
    facts = [f"{target}, owner {text.inline(rule.owner, limit=50)}", _hits(rule.hits, days)]
    if rule.misrouted:
        facts.append(f"{rule.misrouted:,} moved on{_rate(rule.misrouted, rule.hits)}")
    return f"{mark}*{text.inline(rule.id, limit=60)}* → {'; '.join(facts)}"


def _hits(hits: int, days: int) -> str:
    return f"{text.counted(hits, 'hit')} in {days} days" if hits else f"no hit in {days} days"


def _sum(overview: Overview) -> str:
    return (
        f"Routed in {overview.days} days: {text.counted(overview.decided, 'mail')}; moved to another queue by "
        f"people: {text.counted(overview.misrouted, 'ticket')}{_rate(overview.misrouted, overview.decided)}. "
        f"Tickets that leave the triage queue do not count."
    )


def _rate(part: int, whole: int) -> str:
    return f" ({text.percent(part / whole)})" if whole else ""
