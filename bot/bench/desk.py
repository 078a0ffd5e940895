"""A desk without neighbours: it takes mail and decides about it; what would leave the house stays in the outbox."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from time import perf_counter
from typing import TYPE_CHECKING

from bot.app import create_services
from bot.bench import mails
from bot.clock import utc_now
from bot.config_incidents import Incidents
from bot.desk.triage import Triage
from bot.effects import Kind
from bot.intake import received
from bot.intake.providers import PROVIDERS
from bot.settings import Settings
from bot.workers.lanes import PACES, Lanes, Pace
from bot.workers.outbox import OutboxWorker
from storage import migrations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.effects import Record
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.received import ReceivedEmail
    from storage.unit_of_work import UnitOfWork

CALLERS = 64
"""How many mails arrive at once."""

_PATIENCE_SECONDS = 300
_ORIGIN = received.Origin(name="mailparse", tenant="bench", provider=PROVIDERS["mailparse"])


class Desk:
    """The desk, and what it is told to do."""

    def __init__(self, services: Services) -> None:
        self.storage = services.storage
        self._services = services
        self._numbers = itertools.count(1)

    async def take(self, count: int) -> float:
        """Read and store so many mails, each answered after its commit; gives the seconds."""
        started = perf_counter()
        numbers = itertools.islice(self._numbers, count)
        await asyncio.gather(*(self._take_each(numbers) for _ in range(min(CALLERS, count))))
        return perf_counter() - started

    async def _take_each(self, numbers: Iterator[int]) -> None:
        for number in numbers:
            await self.storage.email_writer.remember(await _read(number))

    async def read(self, count: int) -> list[ReceivedEmail]:
        """So many more mails, which are not stored."""
        return [await _read(number) for number in itertools.islice(self._numbers, count)]

    async def store(self, mails: Sequence[ReceivedEmail]) -> float:
        """Store mails that were read; gives the seconds."""
        started = perf_counter()
        waiting = iter(mails)
        await asyncio.gather(*(self._store_each(waiting) for _ in range(CALLERS)))
        return perf_counter() - started

    async def _store_each(self, waiting: Iterator[ReceivedEmail]) -> None:
        for mail in waiting:
            await self.storage.email_writer.remember(mail)

    async def decide(self, count: int) -> float:
        """Let one worker turn so many stored mails into tickets; gives the seconds."""
        triage = _Counted(Triage(self._services), count)
        paces = dict.fromkeys(PACES, Pace(concurrency=0)) | {"triage": PACES["triage"]}
        worker = OutboxWorker(self._services, {Kind.TRIAGE: triage}, Lanes(paces))
        started = perf_counter()
        running = asyncio.create_task(worker.run())
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await triage.is_over.wait()
        finally:
            worker.stop()
            await running
        return perf_counter() - started

    async def take_and_decide(self, count: int) -> float:
        """Both at once, until the last mail has its ticket; gives the seconds."""
        started = perf_counter()
        await asyncio.gather(self.take(count), self.decide(count))
        return perf_counter() - started


async def _read(number: int) -> ReceivedEmail:
    body = mails.without_file(number)
    return await received.read(body, _ORIGIN, content_type="application/json", now=utc_now())


class _Counted:
    """Triage that says when enough is done."""

    def __init__(self, triage: Triage, wanted: int) -> None:
        self._triage = triage
        self._rest = wanted
        self.is_over = asyncio.Event()

    async def __call__(self, entry: OutboxEntry) -> Record:
        record = await self._triage(entry)

        async def counted(uow: UnitOfWork) -> None:
            await record(uow)
            self._rest -= 1
            if self._rest == 0:
                self.is_over.set()

        return counted


@asynccontextmanager
async def opened(url: str, config: SupportConfig, *, folder: Path) -> AsyncIterator[Desk]:
    """A desk with these rules on an empty database. It asks nobody: no directory, no Slack, no mail server."""
    # Its mails are alike: what is measured is a ticket with a card for each, not a storm.
    calm = config.model_copy(update={"directory": None, "incidents": Incidents(storm=None)})
    services = create_services(_settings(url, folder), calm)
    storage = services.storage
    try:
        await migrations.upgrade(storage.database)
        await storage.start()
        yield Desk(services)
        await storage.email_writer.close()
    finally:
        await storage.database.close()


def _settings(url: str, folder: Path) -> Settings:
    """Made up throughout: what the environment holds of a real desk is not needed, and must not be reached."""
    return Settings(
        _env_file=None,
        slack_bot_token="xoxb-nobody-is-called",  # noqa: S106 - made up
        slack_signing_secret="nobody-signs",  # noqa: S106 - made up
        slack_app_token=None,
        slack_api_url="http://127.0.0.1:9/",
        database_url=url,
        smtp_host="127.0.0.1",
        smtp_port=9,
        clamav_socket=None,
        deskbell_blob_url=(folder / "blobs").as_uri(),
        deskbell_directory_secret=None,
        deskbell_directory_url=None,
        deskbell_secret_key="made-up-for-a-measurement-0123456789",  # noqa: S106 - as above
    )
