"""Storage on both engines: every test of a contract runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.unit_of_work import Storage
from tests.storage.databases import SqliteDatabases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.storage.databases import Databases, PostgresDatabases


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def databases(request: pytest.FixtureRequest) -> Databases:
    chosen: Databases = request.getfixturevalue(f"{request.param}_databases")
    return chosen


@pytest.fixture
def database_url(databases: Databases) -> str:
    return databases.migrated()


@pytest.fixture
def empty_url(databases: Databases) -> str:
    return databases.empty()


@pytest.fixture
def sqlite_url(sqlite_databases: SqliteDatabases) -> str:
    """For a test of SQLite alone."""
    return sqlite_databases.migrated()


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> str:
    """For a test of PostgreSQL alone."""
    return postgres_databases.migrated()


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Storage]:
    """A started storage on a fresh database."""
    storage = Storage(database_url)
    await storage.start()
    yield storage
    await storage.close()
