"""A new database gets the schema that the code knows, once, whoever comes first."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from routing import escalation as machine
from storage import migrations
from storage.engine import Database
from storage.schema import FIRST_TICKET_ID, metadata
from storage.unit_of_work import Storage
from tests.storage.samples import NOW, open_ticket

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


async def test_escalations_of_before_have_called_once_and_may_still_be_taken(database: Database) -> None:
    """Of an open ticket the newest is open, the others are over."""
    async with database.connection() as connection:
        await connection.run_sync(upgrade_to, "0004")
        for ticket_id, state in ((1001, "open"), (1002, "open"), (1003, "resolved")):
            await connection.execute(
                text(
                    "INSERT INTO tickets (id, tenant, trace_id, queue, subject, requester_email, requester_name, "
                    "tier, state, priority, created_at) VALUES (:id, 'acme', :trace, 'billing', '', '', '', "
                    "'standard', :state, 'normal', '2026-03-02 09:00:00')"
                ),
                {"id": ticket_id, "trace": f"trace-{ticket_id}", "state": state},
            )
        for number, ticket_id in enumerate((1001, 1001, 1002, 1003), start=1):
            await connection.execute(
                text(
                    "INSERT INTO escalations (id, ticket_id, reason, urgency, target, started_by, started_at) "
                    "VALUES (:id, :ticket, '', 'high', 'U0KIM', 'U0ANA', '2026-03-02 09:00:00')"
                ),
                {"id": number, "ticket": ticket_id},
            )
        await connection.execute(
            text(
                "UPDATE escalations SET acknowledged_by = 'U0KIM', acknowledged_at = started_at WHERE id IN (2, 4)"
            )
        )
        await connection.execute(
            text("INSERT INTO pages (escalation_id, channel, ts) VALUES (2, 'C0INCIDENT', '1.1')")
        )
        await connection.commit()
    assert await migrations.upgrade(database)
    storage = Storage(database.url.render_as_string(hide_password=False))
    async with storage.unit_of_work() as uow:
        found = [await uow.escalations.get(number) for number in (1, 2, 3, 4)]
        assert [escalation.state for escalation in found] == ["ended", "acknowledged", "exhausted", "ended"]
        assert found[1].next_at is None
        assert await uow.escalations.change(found[2], machine.acknowledged(found[2], by="U0KIM", now=NOW))
        (page,) = await uow.pages.of(2)
        assert (page.channel, page.ts) == ("C0INCIDENT", "1.1")
    await storage.database.close()


def upgrade_to(connection: Connection, revision: str) -> None:
    """Bring a database to an earlier revision than the newest."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    """An old process may start again while the newer one takes over."""
    await migrations.upgrade(database)
    async with database.connection() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.commit()
    assert await migrations.upgrade(database) is False
