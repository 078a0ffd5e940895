"""`POST /api/replay` over HTTP, and a replay of what a desk has really decided."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from blocks import ids
from tests import desk as desk_module
from tests.desk import ANA, SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

    from bot.sandbox import Sandbox
    from tests.desk import Desk

TOKEN = "api-token-of-the-tests"
AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}
OTHER_RULES = SUPPORT_YAML.read_text(encoding="utf-8").replace(
    "queue: billing, intent: billing", "queue: tech, intent: billing"
)
MAILS: tuple[dict[str, Any], ...] = (
    {},
    {"subject": "Where is order #123456?", "text": "It has not come."},
    {"subject": "A question", "text": "Good morning."},
    {"subject": "hello", "headers": {"Auto-Submitted": "auto-generated"}},
    {"subject": "I cannot log in", "from": "ceo@bigcustomer.example"},
    {"subject": "Größe falsch", "text": "", "html": "<p>refund for <b>invoice</b></p>"},
)


@pytest.fixture
async def desk(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with an API, that has decided some mails."""
    async with desk_module.running(sandbox, tmp_path, deskbell_api_token=TOKEN) as desk:
        for number, fields in enumerate(MAILS):
            sender = f"{number}@customer.example"
            await desk.deliver(**{"from": sender, "id": f"m{number}", "messageId": f"<m{number}@x>"} | fields)
        await desk.settle()
        yield desk


async def replay(desk: Desk, **body: Any) -> httpx.Response:
    return await desk.http.post("/api/replay", json=body, headers=AUTHORISED)


def report_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[0] == {"progress": {"done": 0, "total": lines[-1]["report"]["total"]}}
    report: dict[str, Any] = lines[-1]["report"]
    return report


async def test_a_replay_of_stored_mail_with_the_same_rules_moves_nothing(desk: Desk) -> None:
    """Mail of robots, of gold customers and with HTML only is decided again as it was."""
    answer = await replay(desk)
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    report = report_of(answer)
    assert (report["total"], report["unchanged"], report["unreadable"]) == (len(MAILS), len(MAILS), 0)
    assert (await replay(desk)).text.splitlines()[-1] == answer.text.splitlines()[-1], "to the byte"


async def test_other_rules_show_what_would_move_and_that_agents_disagree(desk: Desk) -> None:
    await desk.press(ANA, desk.card("DB-1001"), ids.Action.CLAIM)
    report = report_of(await replay(desk, rules=OTHER_RULES))
    assert report["moves"] == [{"from_queue": "billing", "to_queue": "tech", "count": report["moved"]}]
    assert report["agreement"] == {"confirmed": 1, "before": 1, "after": 0, "gained": 0, "lost": 1}


async def test_a_scope_takes_some_mails(desk: Desk) -> None:
    assert report_of(await replay(desk, queue="orders", since="1h"))["total"] == 1
    assert report_of(await replay(desk, limit=2))["total"] == 2
    assert report_of(await replay(desk, intent="nothing"))["total"] == 0


async def test_nobody_gets_in_without_the_token(desk: Desk) -> None:
    for header in (None, "Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x"):
        headers = {"Authorization": header} if header else {}
        answer = await desk.http.post("/api/replay", content=b"{", headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_what_is_wrong_with_a_request_is_told(desk: Desk) -> None:
    for body, words in (
        (b"{", "Invalid JSON"),
        (b'{"since": "soon"}', "since: Value error, 'soon' is not a duration"),
        (b'{"queue": "refunds"}', "no queue is called 'refunds'; there are abuse, billing"),
        (b'{"limit": 0}', "limit: "),
        (b'{"html": true}', "html: "),
        (b'{"rules": "rules: ["}', "rules:2:1: not valid YAML"),
    ):
        answer = await desk.http.post("/api/replay", content=body, headers=AUTHORISED)
        assert answer.status_code == 400
        assert words in answer.json()["error"]


async def test_without_a_token_in_the_settings_there_is_no_api(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path) as desk:
        assert (await replay(desk)).status_code == 404


async def test_one_replay_runs_at_a_time(desk: Desk) -> None:
    answers = await asyncio.gather(*(replay(desk) for _ in range(8)))
    codes = [answer.status_code for answer in answers]
    assert set(codes) == {200, 429}
    assert {answer.headers["Retry-After"] for answer in answers if answer.status_code == 429} == {"30"}
    assert (await replay(desk)).status_code == 200, "the next one may run"
