"""Why a press on an escalation changes nothing: who was first, or how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text
from bot.errors import NotAllowedError
from routing.escalation import EscalationState

if TYPE_CHECKING:
    from routing.escalation import Escalation


def if_over(escalation: Escalation) -> None:
    """Let open ones pass.

    Raises:
        NotAllowedError: it has ended.
    """
    if escalation.state is EscalationState.ENDED:
        who = f" {text.user(escalation.ended_by)} ended it." if escalation.ended_by else ""
        raise NotAllowedError(f"This escalation is over: {escalation.ended_because}.{who}")


def if_taken(escalation: Escalation) -> None:
    """Let those pass that nobody has taken.

    Raises:
        NotAllowedError: it has ended, or somebody was first.
    """
    if_over(escalation)
    if escalation.state is EscalationState.ACKNOWLEDGED:
        raise NotAllowedError(f"{text.user(escalation.acknowledged_by or '')} acknowledged this before you.")
