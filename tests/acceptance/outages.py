"""A desk that three tickets of one intent are no storm for, but four are; and the mails of an outage."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot import config as config_module
from bot.config_incidents import Incidents, Storm
from tests import desk as desk_module
from tests.acceptance.seen import eventually
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.sandbox import Sandbox
    from tests.desk import Desk

INCIDENTS = "C0INCIDENT"
OUTAGE_RULE = {
    "id": "outage",
    "description": "The words of an outage.",
    "owner": "platform",
    "when": {"subject": {"contains": ["outage"]}},
    "then": {"incident": True, "queue": "tech", "intent": "outage", "confidence": 0.9},
    "tests": [{"mail": {"subject": "outage"}, "expect": "match"}],
}

FLAG_RULE = {
    "id": "for-everybody",
    "description": "It is not for one customer alone.",
    "owner": "platform",
    "when": {"text": {"contains": ["for everybody"]}},
    "then": {"incident": True},
    "stop": False,
    "tests": [{"mail": {"text": "It fails for everybody"}, "expect": "match"}],
}


def config(**changes: Any) -> SupportConfig:
    """The shipped desk with a small storm, and a pace of digests that no test waits for."""
    shipped = config_module.load(SUPPORT_YAML)
    flagging = [type(shipped.rules[0]).model_validate(rule) for rule in (OUTAGE_RULE, FLAG_RULE)]
    chosen = Incidents(storm=Storm(tickets=3)).model_copy(
        update={"digest_every": timedelta(milliseconds=1)} | changes
    )
    config = shipped.model_copy(update={"incidents": chosen, "rules": (*flagging, *shipped.rules)})
    config.model_post_init(None)
    return config


@asynccontextmanager
async def running(sandbox: Sandbox, folder: Path, **changes: Any) -> AsyncIterator[Desk]:
    async with desk_module.running(sandbox, folder, config=config(**changes)) as desk:
        yield desk


async def deliver(desk: Desk, number: int, **fields: Any) -> str:
    """The mail of one of many customers; gives its trace."""
    values = {
        "id": f"mail-{number}",
        "from": f"Customer {number} <customer{number}@customer.example>",
        "subject": "The page says 503",
        "text": f"I see an error at checkout, number {number}.",
        "messageId": f"<{number}@customer.example>",
    }
    answer = await desk.deliver(**values | fields)
    assert answer.status_code == 200
    return str(answer.json()["trace_id"])


async def storm(desk: Desk, *numbers: int, **fields: Any) -> None:
    for number in numbers:
        await deliver(desk, number, **fields)
    await desk.settle()


def cards(desk: Desk) -> list[dict[str, Any]]:
    """The cards of incidents, wherever they stand."""
    messages = desk.sandbox.slack.workspace.store.all("message")
    return [message for message in messages if " INC-" in message["text"]]


async def card(desk: Desk) -> dict[str, Any]:
    (found,) = await eventually(lambda: cards(desk))
    return found
