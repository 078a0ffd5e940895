"""The decision of then beside the decision that today's rules make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.models.blocks import ContextBlock, HeaderBlock, SectionBlock, TextObject

from blocks import decision_text, text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from routing.decision import RoutingDecision


def build(reference: str, then: RoutingDecision, now: RoutingDecision) -> SlackMessage:
    """Two columns, what differs in bold; replaying changes nothing."""
    before, after = _facts(then), _facts(now)
    changed = [name for name in before if before[name] != after[name]]
    verdict = (
        f"Would change: {', '.join(changed).lower()}."
        if changed
        else "No change: today's rules decide the same."
    )
    return SlackMessage(
        text=f"Replay of {reference}: {verdict}",
        blocks=(
            HeaderBlock(text=text.plain(f"Replay of {reference}")),
            SectionBlock(text=text.mrkdwn(verdict)),
            SectionBlock(fields=[_column("Then", before, changed), _column("Now", after, changed)]),
            ContextBlock(elements=[text.mrkdwn(_reasons("Then", then)), text.mrkdwn(_reasons("Now", now))]),
        ),
    )


def _facts(decision: RoutingDecision) -> dict[str, str]:
    return {
        "Queue": text.line(decision.queue, limit=75),
        "Intent": decision_text.intent(decision),
        "Rule": text.line(decision.rule or "none", limit=75),
        "Priority": decision.priority,
        "Tags": text.line(", ".join(decision.tags), limit=200, default="none"),
        "Mentions": decision_text.entities(decision) or "none",
    }


def _column(heading: str, facts: dict[str, str], changed: list[str]) -> TextObject:
    rows = [f"{name}: *{value}*" if name in changed else f"{name}: {value}" for name, value in facts.items()]
    return text.mrkdwn("\n".join([f"*{heading}*", *rows]))


def _reasons(heading: str, decision: RoutingDecision) -> str:
    return f"{heading} (rules `{decision.ruleset[:8]}`): {decision_text.why(decision)}"
