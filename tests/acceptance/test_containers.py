"""What compose.yaml starts, started without Docker, on a root file system that is read-only."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from storage.unit_of_work import Storage
from tests import brokers
from tests.acceptance.process import environment
from tests.acceptance.seen import cards, eventually
from tests.containers import SERVICES
from tests.containers.container import Container
from tests.desk import Desk, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.servers import PostgresServer
    from tests.storage.databases import PostgresDatabases

    Started = list[Container]

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
async def started() -> AsyncIterator[Started]:
    """Put a container in, and it is ended in the end."""
    containers: Started = []
    yield containers
    for container in containers:
        await container.close()


def env_file(sandbox: Sandbox) -> dict[str, str]:
    """What .env holds: nothing that compose.yaml says itself."""
    own = ("DESKBELL_CONFIG", "DESKBELL_PORT", "PATH", "PYTHONPATH")
    return {key: value for key, value in environment(sandbox, port=0).items() if key not in own}


async def start(started: Started, service: str, sandbox: Sandbox, folder: Path) -> Container:
    container = Container(service, folder, secrets=folder.parent / "secrets", env_file=env_file(sandbox))
    started.append(container)
    await container.start()
    return container


def desk_of(container: Container, sandbox: Sandbox, folder: Path) -> Desk:
    sandbox.bot_url = container.url
    chosen = settings(sandbox, folder)
    return Desk(sandbox=sandbox, settings=chosen, storage=Storage(chosen.database_url), http=container.http)


async def test_one_container_on_sqlite_keeps_everything_in_its_volume(
    started: Started, sandbox: Sandbox, tmp_path: Path
) -> None:
    container = await start(started, "deskbell", sandbox, tmp_path / "deskbell")
    desk = desk_of(container, sandbox, tmp_path)
    assert (await desk.deliver()).status_code == 200
    await eventually(lambda: cards(desk, "DB-1001") and desk.inbox())
    assert await container.stop() == 0
    assert (tmp_path / "deskbell" / "data" / "var" / "deskbell.db").exists()


@pytest.mark.postgres
async def test_two_web_processes_and_two_workers_on_postgresql_and_rabbitmq(
    started: Started,
    sandbox: Sandbox,
    tmp_path: Path,
    postgres_server: PostgresServer,
    postgres_databases: PostgresDatabases,
) -> None:
    database_url = await asyncio.to_thread(postgres_databases.empty)
    with brokers.running("rabbitmq", postgres_server) as broker:
        secrets = tmp_path / "secrets"
        secrets.mkdir()
        (secrets / "database_url").write_text(database_url)
        (secrets / "queue_url").write_text(str(broker.url))
        services = [name for name in ("web", "worker") for _ in range(SERVICES[name]["deploy"]["replicas"])]
        # All at once, on an empty database: one of them makes the tables.
        first, second, *workers = await asyncio.gather(
            *(
                start(started, name, sandbox, tmp_path / f"{name}-{number}")
                for number, name in enumerate(services)
            )
        )
        for container in (first, second):
            assert (await desk_of(container, sandbox, tmp_path).deliver()).status_code == 200
        desk = desk_of(first, sandbox, tmp_path)
        await eventually(lambda: cards(desk, "DB-1001") and desk.inbox())
        assert await asyncio.gather(*(one.stop() for one in started)) == [0, 0, 0, 0]
    assert len(workers) == 2
    assert (len(cards(desk, "DB-1001")), len(desk.inbox())) == (1, 1)
