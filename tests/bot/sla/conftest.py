"""A desk whose clock the tests turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.sla.clockwork import Clockwork
from tests.storage.databases import SqliteDatabases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(scope="session")
def sla_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sla"))


@pytest.fixture
async def clockwork(sla_databases: SqliteDatabases) -> AsyncIterator[Clockwork]:
    """It is Monday, 2 March 2026, 9:00 UTC: 10:00 in Berlin."""
    clockwork = Clockwork(sla_databases.migrated())
    await clockwork.start()
    yield clockwork
    await clockwork.stop()
