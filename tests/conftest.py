"""Fixtures for tests that look at the whole desk from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import clamav, dovecot, servers
from tests import desk as desk_module
from tests.storage.databases import PostgresDatabases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.sandbox import Sandbox
    from tests.clamav import ClamAv
    from tests.desk import Desk
    from tests.dovecot import Dovecot
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
def clamav_server() -> Iterator[ClamAv]:
    """One virus scanner for the whole run."""
    with clamav.running() as server:
        yield server


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """One IMAP server for the whole run."""
    with dovecot.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run."""
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: PostgresServer) -> PostgresDatabases:
    """The databases of that server."""
    return PostgresDatabases(postgres_server)
