"""A database that does not answer is one error, whatever the driver calls it; when it is back, work goes on."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, make_url, select

from storage.engine import Database
from storage.errors import StorageUnavailableError
from storage.unit_of_work import Storage
from tests.storage.databases import migrate
from tests.storage.samples import NOW, received, stored_ticket

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import PostgresServer


async def assert_unavailable(storage: Storage) -> None:
    with pytest.raises(StorageUnavailableError):
        await storage.email_writer.remember(received())
    with pytest.raises(StorageUnavailableError):
        await stored_ticket(storage)
    with pytest.raises(StorageUnavailableError):
        await storage.ping()


async def assert_works(storage: Storage) -> None:
    await storage.ping()
    receipt = await storage.email_writer.remember(received())
    assert not receipt.is_duplicate
    await stored_ticket(storage)


async def test_an_sqlite_file_whose_folder_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "volume"
    storage = Storage(f"sqlite+aiosqlite:///{folder / 'deskbell.db'}")
    await storage.start()
    await assert_unavailable(storage)
    folder.mkdir()
    await migrate(str(storage.database.url))
    await assert_works(storage)
    await storage.close()


async def test_an_sqlite_file_that_another_process_has_locked(sqlite_url: str) -> None:
    storage = Storage(sqlite_url)
    await storage.start()
    with closing(sqlite3.connect(storage.database.url.database or "")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailableError, match="database is locked"):
            await storage.email_writer.remember(received())
        await storage.ping()
    await assert_works(storage)
    await storage.close()


@pytest.mark.postgres
async def test_a_postgres_server_that_stops(postgres_url: str, postgres_server: PostgresServer) -> None:
    storage = Storage(postgres_url)
    await storage.start()
    await storage.ping()
    postgres_server.stop()
    try:
        await assert_unavailable(storage)
    finally:
        postgres_server.start()
    await assert_works(storage)
    await storage.close()


@pytest.mark.postgres
async def test_a_postgres_connection_that_is_lost_in_a_transaction(
    postgres_url: str,
) -> None:
    storage = Storage(postgres_url)
    await storage.start()

    async def lose() -> None:
        async with storage.unit_of_work() as uow:
            async with storage.database.connection() as other:
                await other.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            await uow.tickets.health_by_queue(NOW)

    with pytest.raises(StorageUnavailableError):
        await lose()
    await assert_works(storage)
    await storage.close()


@pytest.mark.postgres
async def test_a_postgres_server_that_has_no_connection_left(postgres_url: str) -> None:
    owner = Database(postgres_url)
    async with owner.connection() as connection:
        await connection.exec_driver_sql("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
        await connection.commit()
    await owner.close()
    storage = Storage(make_url(postgres_url).set(username="crowded").render_as_string())
    with pytest.raises(StorageUnavailableError, match="too many connections"):
        await storage.ping()
    await storage.database.close()


@pytest.mark.postgres
async def test_of_two_postgres_transactions_that_lock_each_other_out_one_is_to_try_again(
    postgres_url: str,
) -> None:
    database = Database(postgres_url)
    both_hold_one = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with database.connection() as connection:
            await connection.execute(select(func.pg_advisory_xact_lock(first)))
            await both_hold_one.wait()
            await connection.execute(select(func.pg_advisory_xact_lock(second)))

    outcomes = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome] == [StorageUnavailableError]
    await database.close()
