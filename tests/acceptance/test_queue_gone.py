"""A queue leaves support.yaml while tickets still wait in it: they can be worked on all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Action
from bot import config as config_module
from tests import desk as desk_module
from tests.acceptance.seen import words
from tests.desk import ANA, option

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox

CONFIG = config_module.load(desk_module.SUPPORT_YAML)
WITHOUT_BILLING = CONFIG.model_copy(
    update={"queues": {name: queue for name, queue in CONFIG.queues.items() if name != "billing"}}
)


async def test_its_tickets_belong_to_triage_until_somebody_moves_them(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with desk_module.running(sandbox, tmp_path) as desk:
        await desk.deliver()
        await desk.settle()
    async with desk_module.running(sandbox, tmp_path, config=WITHOUT_BILLING) as desk:
        await desk.press(ANA, desk.card("DB-1001"), Action.CLAIM)
        assert "Claimed by <@U0ANA>" in words(desk.card("DB-1001"))
        await sandbox.events.open_home(ANA)
        await desk.settle()
        assert "Refund for invoice" in words(sandbox.slack.modals.home(ANA))
        await desk.open_modal(ANA, desk.card("DB-1001"), Action.REASSIGN)
        await desk.submit(ANA, queue=option("orders"))
        assert desk.card("DB-1001")["channel"] == "C0ORDERS"


async def test_a_window_that_was_open_when_it_left_refuses_it(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path) as desk:
        await desk.deliver(subject="Where is order #123456?")
        await desk.settle()
        await desk.open_modal(ANA, desk.card("DB-1001"), Action.REASSIGN)
    async with desk_module.running(sandbox, tmp_path, config=WITHOUT_BILLING) as desk:
        await desk.submit(ANA, queue=option("billing"))
        view = desk.modal(ANA)
        assert view is not None
        assert view["errors"] == {"queue": "This queue is no longer configured: choose another one."}
        assert desk.card("DB-1001")["channel"] == "C0ORDERS"
