"""`deskbell train` from a database to a model."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from bot import config as config_module
from bot.cli import app
from bot.training import command
from storage import migrations
from storage.schema import emails, tickets
from storage.unit_of_work import Storage
from tests import shop_mails, stored_mails
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from typer.testing import Result

DESK = config_module.load(SUPPORT_YAML)


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    storage = Storage(f"sqlite+aiosqlite:///{tmp_path / 'deskbell.db'}")
    await migrations.upgrade(storage.database)
    yield storage
    await storage.database.close()


async def test_only_mails_whose_queue_somebody_has_confirmed_teach_oldest_first(storage: Storage) -> None:
    await stored_mails.write(storage, DESK.ruleset(), count=40)
    found = await command.gather(storage, DESK, since=stored_mails.FIRST + timedelta(minutes=10))
    times = [example.email.received_at for example in found]
    assert times == sorted(times)
    assert times[0] == stored_mails.FIRST + timedelta(minutes=13)
    # Every second ticket was claimed: the second and the fourth subject of each round; the fourth is in triage.
    assert {(example.email.subject, example.queue) for example in found} == {
        ("Where is my parcel?", "orders")
    }


QUEUES = {
    "refund": "billing",
    "invoice": "billing",
    "login": "tech",
    "damage": "orders",
    "delivery": "orders",
}


async def fill(storage: Storage) -> None:
    """A desk whose agents have worked on mails of a shop."""
    await stored_mails.write(storage, DESK.ruleset(), count=240)
    async with storage.database.connection() as connection:
        rows = list(await connection.execute(select(emails.c.id, emails.c.ticket_id).order_by(emails.c.id)))
        for (number, ticket), shop in zip(rows, shop_mails.make(240), strict=True):
            stored = update(emails).where(emails.c.id == number)
            await connection.execute(stored.values(normalised=shop.email.model_dump_json()))
            queue = QUEUES.get(shop.intent, "tech")
            worked_on = update(tickets).where(tickets.c.id == ticket)
            await connection.execute(worked_on.values(queue=queue, assignee_id="U1"))
        await connection.commit()


@pytest.fixture
def folder(storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder and an environment of its own, beside the database."""
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-0123456789",
        "SLACK_SIGNING_SECRET": "signing-secret",
        "SMTP_HOST": "127.0.0.1",
        "DESKBELL_SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "DESKBELL_CONFIG": str(SUPPORT_YAML),
        "DATABASE_URL": storage.database.url.render_as_string(),
    }
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", environment)
    return tmp_path


async def train(*options: str) -> Result:
    """Away from the event loop of the test, because the command has its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, ("train", "--since", "3650d", *options))


async def test_the_command_reports_and_writes_a_model_that_the_desk_takes(
    storage: Storage, folder: Path
) -> None:
    await fill(storage)
    result = await train("--out", "model.json", "--precision", "0.8")
    assert result.exit_code == 0, result.output
    assert "144 teach, 48 tune, 48 newer ones examine" in result.stderr
    assert [line.split()[0] for line in result.stdout.splitlines()[:4]] == [
        "queue",
        "billing",
        "orders",
        "tech",
    ]
    assert (folder / "model.png").read_bytes().startswith(b"\x89PNG")
    desk = folder / "support.yaml"
    text = SUPPORT_YAML.read_text(encoding="utf-8")
    desk.write_text(f"classifier: {{model: {folder / 'model.json'}}}\n{text}", encoding="utf-8")
    assert config_module.load(desk).guesser.name in result.stderr


@pytest.mark.usefixtures("folder")
async def test_the_command_refuses_too_few_mails_and_a_place_that_is_none(storage: Storage) -> None:
    refused = await train()
    assert refused.exit_code == 1
    assert "too few mails to learn from: 0 in 0 queues" in refused.stderr
    await fill(storage)
    nowhere = await train("--out", "/proc/nowhere/model.json")
    assert nowhere.exit_code == 1
    assert "/proc/nowhere/model.json cannot be written" in nowhere.stderr
