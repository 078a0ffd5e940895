"""What `/support ticket` answers: the card, with the sums of the ticket's SLA below its state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blocks import sla_text, ticket_card

if TYPE_CHECKING:
    from datetime import datetime

    from blocks.message import SlackMessage
    from blocks.ticket_card import TicketCard


def build(card: TicketCard, *, now: datetime) -> SlackMessage:
    """The card as it stands now; `now` is what the sums are made for."""
    message = ticket_card.build(card)
    *above, buttons = message.blocks
    return replace(message, blocks=(*above, *sla_text.sums(card.clocks, now=now), buttons))
