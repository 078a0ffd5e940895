"""A desk whose clock the tests turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.sla.clockwork import Clockwork
from tests.storage.databases import SqliteDatabases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.storage.databases import Databases


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def sla_databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    if request.param == "sqlite":
        return SqliteDatabases(tmp_path_factory.mktemp("sla"))
    databases: Databases = request.getfixturevalue("postgres_databases")
    return databases


@pytest.fixture
def database_url(sla_databases: Databases) -> str:
    return sla_databases.migrated()


@pytest.fixture
async def clockwork(database_url: str) -> AsyncIterator[Clockwork]:
    """It is Monday, 2 March 2026, 9:00 UTC: 10:00 in Berlin."""
    clockwork = Clockwork(database_url)
    await clockwork.start()
    yield clockwork
    await clockwork.stop()
