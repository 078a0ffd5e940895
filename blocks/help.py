"""What `/support` answers to somebody who does not know what to ask."""

from __future__ import annotations

from slack_sdk.models.blocks import ContextBlock, SectionBlock

from blocks import text
from blocks.message import SlackMessage

_COMMANDS = (
    ("/support", "this help"),
    ("/support ticket {example}", "the card of a ticket, only for you"),
    ("/support incidents", "the open incidents: many tickets of one cause each"),
    ("/support replay {example}", "how it was routed, and how it would be today"),
    (
        "/support replay --queue billing --since 7d",
        "what today's rules would do with the mail of the last days",
    ),
    (
        "/support rules",
        "the rules that decide now, how often each hits and how often people move its tickets",
    ),
    ("/support escalate {example} REASON", "call for help about a ticket, as its Escalate button does"),
    ("/support escalations", "the open ones: who has them, or what happens next and when"),
    ("/support oncall", "who is on call now and next; `override @bo until 18:00` and `swap @bo` change it"),
    ("/support reload", "for leads: read the rules of support.yaml anew"),
    ("/support dead-letters", "what could not be delivered, to try again or to discard"),
    ("/support parked", "mail that got no ticket, with a button to open one"),
    ("/support blocked", "addresses that get no mail; `block` and `unblock ADDRESS` change that"),
)


def build(*, prefix: str) -> SlackMessage:
    """`prefix` is the desk's ticket prefix, for examples that look like its tickets."""
    rows = [f"`{command.format(example=f'{prefix}-1042')}`  {meaning}" for command, meaning in _COMMANDS]
    return SlackMessage(
        text="How to use /support",
        blocks=(
            SectionBlock(text=text.mrkdwn("\n".join(["*How to use Deskbell*", *rows]))),
            ContextBlock(
                elements=[
                    text.mrkdwn("Everything else is on the cards: claim, reply, reassign, escalate, resolve.")
                ]
            ),
        ),
    )
