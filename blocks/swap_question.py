"""The question whether somebody takes another one's shift, with its answer once there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from slack_sdk.models.blocks import ActionsBlock, ContextBlock, SectionBlock

from blocks import buttons, ids, on_call_notices, text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from routing.schedule import Shift

Answer = Literal["open", "accepted", "declined", "expired"]

_ANSWERS = {
    "accepted": "✅ You have taken it.",
    "declined": "You have declined.",
    "expired": "⌛ The shift began before you answered: nothing was changed.",
}


def build(swap_id: int, schedule: str, shift: Shift, *, requester: str, answer: Answer) -> SlackMessage:
    """What the person who is asked sees."""
    words = (
        f"{text.user(requester)} asks you to take their shift for {on_call_notices.name(schedule)} "
        f"{on_call_notices.span(shift)}."
    )
    question = SectionBlock(text=text.mrkdwn(words))
    if answer != "open":
        return SlackMessage(
            text=words, blocks=(question, ContextBlock(elements=[text.mrkdwn(_ANSWERS[answer])]))
        )
    value = ids.SwapRef(swap_id=swap_id).encode()
    accept = buttons.press("Accept", ids.Action.ACCEPT_SWAP, value=value, style="primary")
    decline = buttons.press("Decline", ids.Action.DECLINE_SWAP, value=value)
    return SlackMessage(text=words, blocks=(question, ActionsBlock(elements=[accept, decline])))


def told(schedule: str, shift: Shift, *, person: str, answer: Answer) -> str:
    """What the person who asked is told; markup."""
    of = f"your shift for {on_call_notices.name(schedule)} {on_call_notices.span(shift)}"
    who = text.user(person)
    return {
        "open": f"{who} is asked to take {of}.",
        "accepted": f"✅ {who} takes {of}.",
        "declined": f"{who} does not take {of}: it stays yours.",
        "expired": f"⌛ {who} did not answer in time: {of} stays yours.",
    }[answer]


def unreachable(schedule: str, shift: Shift, *, person: str) -> str:
    """The question could not be put."""
    of = f"your shift for {on_call_notices.name(schedule)} {on_call_notices.span(shift)}"
    return f"Slack does not reach {text.user(person)}: nobody was asked to take {of}."
