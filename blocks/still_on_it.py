"""Asks who has acknowledged, and done nothing since, whether they are still on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.models.blocks import ActionsBlock, ContextBlock, SectionBlock

from blocks import buttons, escalation_state, ids, text
from blocks.message import SlackMessage
from routing.escalation import Due

if TYPE_CHECKING:
    from routing.escalation import Escalation


def build(escalation: Escalation, *, reference: str, subject: str) -> SlackMessage:
    """With its buttons while the answer is awaited; afterwards with what became of it."""
    question = f"Still on {reference}?"
    about = text.inline(subject, limit=100, default="(no subject)")
    section = SectionBlock(text=text.mrkdwn(f"❓ *{question}* {about}"))
    if escalation.due is not Due.RELEASE or escalation.next_at is None:
        state = "\n".join(escalation_state.lines(escalation))
        return SlackMessage(text=question, blocks=(section, ContextBlock(elements=[text.mrkdwn(state)])))
    hint = f"Without an answer the policy begins again {text.slack_date(escalation.next_at)}."
    return SlackMessage(
        text=question,
        blocks=(section, ContextBlock(elements=[text.mrkdwn(hint)]), _answers(escalation)),
    )


def _answers(escalation: Escalation) -> ActionsBlock:
    value = ids.EscalationRef(escalation_id=escalation.id, ticket_id=escalation.ticket_id).encode()
    return ActionsBlock(
        elements=[
            buttons.press("Still on it", ids.Action.STILL_ON_IT, value=value, style="primary"),
            buttons.press("Give back", ids.Action.GIVE_BACK, value=value),
        ]
    )
