"""What a card says of other tickets and of other people: rows with a button where something can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Option, OverflowMenuElement, SectionBlock

from blocks import buttons, ids, text
from routing.ticket import Relation, TicketState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.models.blocks import ButtonElement

    from routing.email import Address
    from routing.ticket import Ticket

_CHOICES = {
    ids.More.MISROUTED: "Misrouted…",
    ids.More.MERGE: "Merge into another ticket…",
    ids.More.SPLIT: "Split off a message…",
}
_INCIDENT_CHOICES = {
    ids.More.INCIDENT: "Open incident…",
    ids.More.LEAVE_INCIDENT: "Remove from incident",
    ids.More.POST_CARD: "Post card",
}


def related(ticket: Ticket, reference: str, related_reference: str | None) -> Iterator[SectionBlock]:
    """Which other ticket this one continues, or seems to; a merged one says so in its state."""
    if related_reference is None:
        return
    if ticket.relation is Relation.FOLLOWS:
        yield SectionBlock(text=text.mrkdwn(f"🔗 Follows *{related_reference}*"))
    if ticket.relation is Relation.SUGGESTED:
        words = text.mrkdwn(f"🔗 Looks like *{related_reference}*")
        is_open = ticket.state is TicketState.OPEN
        yield SectionBlock(
            text=words, accessory=_join(ticket, reference, related_reference) if is_open else None
        )


def forwarded(ticket: Ticket, writer: Address) -> SectionBlock:
    """Who wrote the mail that was forwarded, with the offer to answer them."""
    shown = text.line(str(writer), limit=200)
    return SectionBlock(
        text=text.plain(f"↪️ Forwarded; written by {shown}"), accessory=_make_requester(ticket, writer)
    )


def menu(ticket: Ticket, incident: str | None = None) -> OverflowMenuElement:
    """What is seldom needed; `incident` is the one that the ticket belongs to."""
    choices = dict(_CHOICES)
    if incident is None:
        more = [ids.More.INCIDENT]
    elif ticket.card_ts is None:
        more = [ids.More.LEAVE_INCIDENT, ids.More.POST_CARD]
    else:
        more = [ids.More.LEAVE_INCIDENT]
    choices |= {choice: _INCIDENT_CHOICES[choice] for choice in more}
    return OverflowMenuElement(
        action_id=ids.Action.MORE,
        options=[
            Option(text=text.plain(label), value=ids.MoreRef(ticket_id=ticket.id, choice=choice).encode())
            for choice, label in choices.items()
        ],
    )


def _join(ticket: Ticket, reference: str, related_reference: str) -> ButtonElement:
    return buttons.press(
        "Join",
        ids.Action.JOIN,
        value=ids.TicketRef(ticket_id=ticket.id).encode(),
        confirm=buttons.sure(
            f"Join {related_reference}?",
            f"{reference} becomes part of {related_reference}: its mail goes there, now and from now on. "
            f"“Split off a message…” undoes it.",
            yes="Join",
        ),
    )


def _make_requester(ticket: Ticket, writer: Address) -> ButtonElement:
    address = text.line(writer.email, limit=100)
    return buttons.press(
        "Make requester",
        ids.Action.MAKE_REQUESTER,
        value=ids.TicketRef(ticket_id=ticket.id).encode(),
        confirm=buttons.sure(
            "Answer this person?",
            f"Answers will go to {address}. Nothing proves that they wrote it: whoever forwards a mail can "
            f"put any name above it.",
            yes="Make requester",
        ),
    )
