"""`deskbell train` from a database to a model."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot import config as config_module
from bot.training import command
from storage import migrations
from storage.unit_of_work import Storage
from tests import stored_mails
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from pathlib import Path

DESK = config_module.load(SUPPORT_YAML)


@pytest.fixture
async def storage(tmp_path: Path) -> Storage:
    storage = Storage(f"sqlite+aiosqlite:///{tmp_path / 'deskbell.db'}")
    await migrations.upgrade(storage.database)
    return storage


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
