"""A step that calls by a service outside: once, and taken back as soon as somebody has it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web

from blocks.ids import Action
from bot.config_pagers import PagerDuty
from tests import desk as desk_module
from tests.acceptance.policies import BOS_DM, KIMS_DM, MINUTE, OPERATORS, configured, escalated
from tests.acceptance.seen import words
from tests.desk import BO
from tests.pagers import CALLING, CLOSED, TAKEN, PagerDutyServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

KEY = "DB-1001/1"


@asynccontextmanager
async def paging(
    sandbox: Sandbox, folder: Path, *steps: dict[str, Any]
) -> AsyncIterator[tuple[Desk, PagerDutyServer]]:
    """A desk with these steps, and the service that its pager `pd` is."""
    server = PagerDutyServer()
    async with server.running():
        config = configured(*steps).model_copy(
            update={"pagers": {"pd": PagerDuty(kind="pagerduty", url=server.url)}}
        )
        secrets = {"pd": server.secret}
        async with desk_module.running(
            sandbox, folder, config=config, deskbell_pager_secrets=secrets
        ) as desk:
            yield desk, server


async def test_a_page_calls_and_an_acknowledgement_in_slack_takes_it_back(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    steps = ({"page": "pd"}, {"notify": "on_call"}, {"wait": "10m"}, {"page": "pd"})
    async with paging(sandbox, tmp_path, *steps) as (desk, server):
        await escalated(desk)
        assert server.alerts == {KEY: CALLING}
        await desk.press(BO, desk.messages(KIMS_DM)[0], Action.ACKNOWLEDGE)
        assert server.alerts == {KEY: TAKEN}
        await desk.pass_time(10 * MINUTE)
        assert server.told == [("trigger", KEY), ("acknowledge", KEY)]
        await desk.press(BO, desk.card("DB-1001"), Action.RESOLVE)
        assert server.alerts == {KEY: CLOSED}


async def test_what_was_not_paged_is_not_taken_back(sandbox: Sandbox, tmp_path: Path) -> None:
    async with paging(sandbox, tmp_path, {"notify": "on_call"}, {"wait": "10m"}, {"page": "pd"}) as (
        desk,
        server,
    ):
        await escalated(desk)
        await desk.press(BO, desk.messages(KIMS_DM)[0], Action.ACKNOWLEDGE)
        await desk.press(BO, desk.card("DB-1001"), Action.RESOLVE)
        assert server.told == []


async def test_a_pager_that_refuses_is_not_waited_for(sandbox: Sandbox, tmp_path: Path) -> None:
    async with paging(sandbox, tmp_path, {"page": "pd"}, {"wait": "10m"}, {"notify": "U0BO"}) as (
        desk,
        server,
    ):
        server.troubles = [web.json_response({"status": "invalid event"}, status=400)]
        await escalated(desk)
        assert len(desk.messages(BOS_DM)) == 1
        assert "pager.trigger" in words(desk.messages(OPERATORS)[0])
