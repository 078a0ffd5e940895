"""Fixtures for tests that look at the whole desk from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import desk as desk_module
from tests import servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.sandbox import Sandbox
    from tests.desk import Desk
    from tests.servers import PostgresServer


@pytest.fixture
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """Slack and the customers' mailbox."""
    async with desk_module.sandboxed(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
async def desk(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A running desk on SQLite with the shipped configuration."""
    async with desk_module.running(sandbox, tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run."""
    with servers.postgres(tmp_path_factory.mktemp("postgres") / "data") as server:
        yield server
