"""Who may change the rules: the leads of the desk, and nobody where none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text
from bot.errors import NotAllowedError

if TYPE_CHECKING:
    from bot.services import Services


def refuse_others(services: Services, agent_id: str) -> None:
    """Let leads pass.

    Raises:
        NotAllowedError: this person is none; the message says who is, or how to name some.
    """
    leads = services.config.desk.leads
    if not leads:
        raise NotAllowedError(
            f"Nobody may change the rules from Slack yet. Write `leads: [{agent_id}]` under `desk` in "
            f"support.yaml, with the ids of those who may, and send SIGHUP to Deskbell or restart it."
        )
    if agent_id not in leads:
        raise NotAllowedError(f"Only leads may do this: {', '.join(map(text.user, leads))}.")
