"""`deskbell oncall` and what `deskbell check` asks of other systems, run as people run them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli import app
from routing.schedule import Override
from storage import migrations
from storage.unit_of_work import Storage
from tests import desk as desk_module
from tests.bot.simulation import desks

if TYPE_CHECKING:
    from typer.testing import Result

    from bot.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
NIGHT = "2026-12-24T03:00"
COMPLETE = {
    "SLACK_BOT_TOKEN": "xoxb-0123456789",
    "SLACK_SIGNING_SECRET": "signing-secret",
    "SMTP_HOST": "127.0.0.1",
    "DESKBELL_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "DESKBELL_WEBHOOK_SECRETS__RAW": "webhook-secret",
}
AS_WRITTEN = "Schedules are as written, without overrides and other calendars: "


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """With a desk in it, and an environment that knows nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {})
    (tmp_path / "support.yaml").write_text(desks.YAML, encoding="utf-8")
    return tmp_path


def deskbell(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_it_tells_who_is_on_call_and_who_is_next() -> None:
    result = deskbell("oncall", "--at", NIGHT)
    assert (result.exit_code, result.stderr) == (
        0,
        f"{AS_WRITTEN}this is not the environment of deskbell run.\n",
    )
    schedules, queues = result.stdout.split("\n\n")
    assert re.split(r" {2,}", schedules.splitlines()[1]) == [
        "night",
        "U0KIM",
        "Thu 24 Dec 2026 09:00",
        "U0LEE, from Thu 24 Dec 2026 21:00",
        "Europe/Berlin, UTC+01:00",
    ]
    assert queues.splitlines()[1:] == ["triage  U0TRIAGE    U0TRIAGE", "tech    night       U0KIM"]


def test_programs_get_the_same_as_json() -> None:
    told = json.loads(deskbell("oncall", "--at", NIGHT, "--json").stdout)
    assert told["schedules"]["night"] == {
        "zone": "Europe/Berlin",
        "now": ["U0KIM"],
        "until": "2026-12-24T08:00:00+00:00",
        "next": {
            "from": "2026-12-24T20:00:00+00:00",
            "until": "2026-12-25T08:00:00+00:00",
            "people": ["U0LEE"],
        },
    }
    assert told["queues"]["tech"] == {"on_call": "night", "now": ["U0KIM"]}


def test_with_a_queue_it_tells_who_would_be_told_what_and_when() -> None:
    result = deskbell("oncall", "--at", NIGHT, "--queue", "tech", "--priority", "urgent")
    assert result.exit_code == 0
    assert result.stdout.startswith("Tech: policy brief, from Thu 24 Dec 2026 03:00\n")
    assert "Thu 24 Dec 2026 03:05  5m     3     page pd" in result.stdout


def test_a_time_with_an_offset_is_that_moment() -> None:
    result = deskbell("oncall", "--at", "2026-12-24T03:00-05:00", "--queue", "tech")
    assert result.stdout.startswith("Tech: policy loud, from Thu 24 Dec 2026 09:00\n")


def test_a_simulation_as_json_has_a_line_for_each_thing_that_happens() -> None:
    options = ("--queue", "tech", "--priority", "urgent", "--trigger", "unclaimed", "--claimed", "--json")
    told = json.loads(deskbell("oncall", "--at", NIGHT, *options).stdout)
    assert (told["policy"], told["priority"], told["unclaimed"]) == ("brief", "urgent", False)
    assert told["is_started_by_trigger"] is False
    assert told["told"][0] == {
        "at": "2026-12-24T03:00:00+01:00",
        "after": "0m",
        "round": 1,
        "step": 1,
        "does": "notify on_call",
        "whom": ["U0KIM"],
        "by": "slack",
        "until": None,
        "skipped": None,
    }


@pytest.mark.parametrize("name", ["night.png", "night.svg"])
def test_it_draws_a_timeline(folder: Path, name: str) -> None:
    result = deskbell("oncall", "--at", NIGHT, "--queue", "tech", "--timeline", name)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (0, f"{name} is written.")
    assert (folder / name).stat().st_size > 10_000


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--queue", "sales"), "no queue is called 'sales'; there are tech, triage"),
        (("--at", "tomorrow"), "'tomorrow' is no time"),
        (("--queue", "tech", "--priority", "high-ish"), "there are low, normal, high, urgent"),
        (("--queue", "tech", "--trigger", "boredom"), "there are pressed,"),
        (("--timeline", "a.png"), "whose? Give a --queue, too"),
        (("--queue", "tech", "--timeline", "a.gif"), "a picture ends in .png or .svg"),
    ],
)
def test_what_makes_no_sense_is_refused(options: tuple[str, ...], complaint: str) -> None:
    result = deskbell("oncall", *options)
    words = " ".join(result.stderr.replace("│", " ").split())
    assert result.exit_code == 2
    assert complaint in words


def test_a_picture_that_cannot_be_written_is_told() -> None:
    result = deskbell("oncall", "--queue", "tech", "--timeline", "nowhere/a.png")
    assert (result.exit_code, "nowhere/a.png cannot be written" in result.stderr) == (1, True)


def test_without_the_extra_it_says_how_to_get_it(folder: Path) -> None:
    (folder / "matplotlib.py").write_text("raise ImportError('No module named matplotlib')")
    environment = {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    result = asyncio.run(_process(environment, "oncall", "--queue", "tech", "--timeline", "a.png"))
    assert result[0] == 78
    assert "Pictures need pip install 'deskbell[charts]'" in result[1]


async def _process(environment: dict[str, str], *arguments: str) -> tuple[int | None, str]:
    """Exit code and standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    return process.returncode, told.decode()


def test_what_people_have_changed_is_in_the_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(COMPLETE))
    result = deskbell("oncall", "--at", NIGHT)
    assert result.stderr == f"{AS_WRITTEN}there is no database yet.\n"
    asyncio.run(_override(folder))
    result = deskbell("oncall", "--at", NIGHT)
    assert result.stderr == ""
    assert "tech    night       U0BO" in result.stdout


async def _override(folder: Path) -> None:
    storage = Storage(f"sqlite+aiosqlite:///{folder / 'var' / 'deskbell.db'}")
    await migrations.upgrade(storage.database)
    at = datetime.fromisoformat(NIGHT).replace(tzinfo=UTC)
    override = Override(start=at - timedelta(days=1), end=at + timedelta(days=1), person="U0BO")
    async with storage.unit_of_work() as uow:
        await uow.overrides.add("night", override, created_by="U0ANA", now=at)
        await uow.commit()
    await storage.database.close()


async def test_slack_gives_names_and_says_who_is_gone(sandbox: Sandbox) -> None:
    environment = COMPLETE | {
        "SLACK_BOT_TOKEN": desk_module.BOT_TOKEN,
        "SLACK_API_URL": sandbox.slack_api_url,
        "PYTHONPATH": str(ROOT),
    }
    code, told = await _process(environment, "check", "--slack")
    assert code == 78
    assert "support.yaml:13:70: queues.triage.on_call: U0TRIAGE: there is no such person in Slack" in told
    code, _ = await _process(environment, "check", "--slack", str(desk_module.SUPPORT_YAML))
    assert code == 0
    code, told = await _process(environment | {"SLACK_BOT_TOKEN": "xoxb-wrong"}, "oncall", "--slack")
    assert (code, told.splitlines()[-1]) == (75, "Slack cannot be asked: Slack: invalid_auth")
