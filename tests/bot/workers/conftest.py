from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.workers.workshop import Workshop
from tests.storage.databases import SqliteDatabases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(scope="session")
def worker_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("workers"))


@pytest.fixture
def database_url(worker_databases: SqliteDatabases) -> str:
    return worker_databases.migrated()


@pytest.fixture
async def workshop(database_url: str) -> AsyncIterator[Workshop]:
    workshop = Workshop(database_url)
    yield workshop
    await workshop.storage.database.close()
