"""A desk with a policy of a test's own, and ways to set it going."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from blocks.ids import Action
from bot import config as config_module
from bot.config_escalation import PolicyNames
from routing.escalation_policy import EscalationPolicy
from tests.desk import ANA, SUPPORT_YAML, option

if TYPE_CHECKING:
    from bot.config import SupportConfig
    from tests.desk import Desk

ANAS_DM, BOS_DM, KIMS_DM = "D0ANA", "D0BO", "D0ONCALL"
INCIDENTS, OPERATORS = "C0INCIDENT", "C0OPS"
MINUTE = timedelta(minutes=1)


def configured(
    *steps: dict[str, Any],
    policy: dict[str, Any] | None = None,
    desk: dict[str, Any] | None = None,
    **queue: Any,
) -> SupportConfig:
    """The shipped desk with one policy for the billing queue."""
    config = config_module.load(SUPPORT_YAML)
    tried = EscalationPolicy.model_validate({"steps": steps} | (policy or {}))
    billing = config.queues["billing"].model_copy(update={"escalation": PolicyNames(default="tried")} | queue)
    return config.model_copy(
        update={
            "escalation_policies": {"tried": tried},
            "queues": config.queues | {"billing": billing},
            "desk": config.desk.model_copy(update=desk or {}),
        }
    )


async def escalated(desk: Desk, **mail: Any) -> None:
    """Ana presses Escalate on the card of a mail that has just come."""
    await desk.deliver(**mail)
    await desk.settle()
    await desk.open_modal(ANA, desk.card("DB-1001"), Action.ESCALATE)
    await desk.submit(ANA, reason="The bank calls.", urgency=option("urgent"))


def standing(desk: Desk, channel: str) -> list[dict[str, Any]]:
    """What stands in a channel itself, not in a thread."""
    return [message for message in desk.messages(channel) if not message.get("thread_ts")]


def copies(desk: Desk) -> list[dict[str, Any]]:
    """Every message that shows the escalation of DB-1001, and the card of the ticket."""
    pages = [
        message for channel in (ANAS_DM, BOS_DM, KIMS_DM, INCIDENTS) for message in standing(desk, channel)
    ]
    return [*(page for page in pages if "DB-1001 escalated" in page["text"]), desk.card("DB-1001")]
