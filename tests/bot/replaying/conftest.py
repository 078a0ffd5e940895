"""A database that holds decided mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import config as config_module
from storage import migrations
from storage.unit_of_work import Storage
from tests import stored_mails
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.config import SupportConfig

COUNT = 1_200
"""More than two pages."""


@pytest.fixture(scope="session")
def shipped() -> SupportConfig:
    return config_module.load(SUPPORT_YAML)


@pytest.fixture(scope="session")
def changed() -> SupportConfig:
    """Without the rule for parcels, and with money at another queue."""
    text = SUPPORT_YAML.read_text(encoding="utf-8")
    text = text.replace("queue: billing, intent: billing", "queue: tech, intent: billing")
    text = text.replace("id: order-or-parcel", "id: renamed").replace("|parcels?|", "|")
    return config_module.parse(text, name="changed")


@pytest.fixture
async def storage(tmp_path: Path, shipped: SupportConfig) -> AsyncIterator[Storage]:
    storage = Storage(f"sqlite+aiosqlite:///{tmp_path / 'deskbell.db'}")
    await migrations.upgrade(storage.database)
    await stored_mails.write(storage, shipped.ruleset(), count=COUNT)
    yield storage
    await storage.database.close()
