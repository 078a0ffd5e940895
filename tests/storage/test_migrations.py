"""A new database gets the schema that the code knows, once, whoever comes first."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from storage import migrations
from storage.engine import Database
from storage.schema import FIRST_TICKET_ID, metadata
from storage.unit_of_work import Storage
from tests.storage.samples import open_ticket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    """An empty database."""
    database = Database(empty_url)
    yield database
    await database.close()


async def look(database: Database, see: Any) -> Any:
    async with database.connection(read_only=True) as connection:
        return await connection.run_sync(see)


def differences(connection: Connection) -> list[Any]:
    return compare_metadata(MigrationContext.configure(connection), metadata)


def partial_indexes(connection: Connection) -> set[str]:
    inspector = inspect(connection)
    return {
        str(index["name"])
        for table in inspector.get_table_names()
        for index in inspector.get_indexes(table)
        if any(key.endswith("_where") for key in index.get("dialect_options", {}))
    }


def test_head_is_the_newest_revision() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_current_head() == migrations.HEAD


async def test_migrations_make_the_schema_that_the_code_knows(database: Database) -> None:
    await migrations.upgrade(database)
    assert await look(database, differences) == []
    # The comparison does not look at the condition of an index.
    assert await look(database, partial_indexes) == {
        str(index.name)
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }


async def test_a_second_upgrade_finds_nothing_to_do(database: Database) -> None:
    assert await look(database, migrations.current_revision) is None
    assert await migrations.upgrade(database)
    assert await look(database, migrations.current_revision) == migrations.HEAD
    assert not await migrations.upgrade(database)


async def test_of_processes_that_start_together_one_migrates(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    processes = [Database(url) for _ in range(3)]
    assert sorted(await asyncio.gather(*map(migrations.upgrade, processes))) == [False, False, True]
    for process in processes:
        await process.close()


async def test_the_first_ticket_does_not_tell_that_it_is_the_first(database: Database) -> None:
    await migrations.upgrade(database)
    storage = Storage(database.url.render_as_string(hide_password=False))
    async with storage.unit_of_work() as uow:
        assert (await open_ticket(uow)).id == FIRST_TICKET_ID == 1001
    await storage.database.close()


async def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    """An old process may start again while the newer one takes over."""
    await migrations.upgrade(database)
    async with database.connection() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.commit()
    assert await migrations.upgrade(database) is False
