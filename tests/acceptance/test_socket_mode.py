"""Socket Mode: with an app token Slack is reached without a public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Action
from tests import desk as desk_module
from tests.acceptance.seen import eventually, words
from tests.desk import ANA, APP_TOKEN, BO

if TYPE_CHECKING:
    from pathlib import Path


async def test_presses_and_windows_work_through_the_socket(tmp_path: Path) -> None:
    async with (
        desk_module.sandboxed(tmp_path / "sandbox", app_token=APP_TOKEN) as sandbox,
        desk_module.running(sandbox, tmp_path, slack_app_token=APP_TOKEN) as desk,
    ):
        await eventually(lambda: sandbox.slack.sockets.is_connected)
        sandbox.bot_url = "http://127.0.0.1:1"  # no way but the socket
        await desk.deliver()
        await desk.settle()
        card = desk.card("DB-1001")
        await desk.press(ANA, card, Action.CLAIM)
        await eventually(lambda: "Claimed by <@U0ANA>" in words(desk.card("DB-1001")))
        await desk.press(BO, card, Action.CLAIM)
        await eventually(lambda: desk.whispers(BO) == ["<@U0ANA> claimed DB-1001 before you."])
        await desk.open_modal(ANA, card, Action.REPLY)
        answer = await desk.command(ANA, "/support ticket DB-1001")
        assert answer["ephemeral_to"] == ANA
