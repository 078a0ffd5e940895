"""A measurement never touches the tables of the desk, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.bench import databases
from bot.errors import SettingsError
from storage.errors import StorageUnavailableError
from tests import servers

if TYPE_CHECKING:
    from tests.servers import PostgresServer


async def test_an_sqlite_file_lies_on_the_same_disk_and_is_gone_afterwards(tmp_path: Path) -> None:
    """Also where the desk has not run yet, and so has no folder."""
    configured = tmp_path / "var" / "deskbell.db"
    async with databases.throwaway(f"sqlite+aiosqlite:///{configured}") as url:
        async with databases.opened(url):
            pass
        assert [Path(make_url(url).database or "").parent] == _content(tmp_path)
    assert _content(tmp_path) == []


async def test_it_is_gone_even_if_the_measurement_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with databases.throwaway(f"sqlite+aiosqlite:///{tmp_path / 'deskbell.db'}"):
            raise ZeroDivisionError
    assert _content(tmp_path) == []


@pytest.mark.postgres
async def test_a_server_gets_a_database_of_its_own_and_loses_it(postgres_server: PostgresServer) -> None:
    before = await _ask(
        postgres_server.url(), "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database"
    )
    async with databases.throwaway(postgres_server.url()) as url, databases.opened(url):
        assert make_url(url).database != make_url(postgres_server.url()).database
        assert await _ask(url, "SELECT count(*) FROM outbox") == 0
    after = await _ask(
        postgres_server.url(), "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database"
    )
    assert after == before


@pytest.mark.postgres
async def test_a_role_that_may_make_no_database_is_told_what_allows_it(
    postgres_server: PostgresServer,
) -> None:
    await _do(postgres_server.url(), "CREATE ROLE modest LOGIN")
    url = make_url(postgres_server.url()).set(username="modest").render_as_string()
    with pytest.raises(SettingsError, match=r"your tables are not touched.*ALTER ROLE modest CREATEDB"):
        async with databases.throwaway(url):
            pass
    await _do(postgres_server.url(), "DROP ROLE modest")


async def test_a_server_that_does_not_answer_is_unavailable() -> None:
    url = f"postgresql+asyncpg://deskbell@127.0.0.1:{servers.free_port()}/deskbell"
    with pytest.raises(StorageUnavailableError):
        async with databases.throwaway(url):
            pass


def _content(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def _ask(url: str, question: str) -> object:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        answer: object = await connection.scalar(text(question))
    await engine.dispose()
    return answer


async def _do(url: str, statement: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
