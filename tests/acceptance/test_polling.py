"""Mail that no webhook can bring: fetched from an API or a mailbox, through kills and outages, each once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from sqlalchemy import func, select

from bot import config as config_module
from bot.app import create_app
from bot.clock import utc_now
from bot.config_sources import RestPoll, Source
from bot.errors import SettingsError
from storage import schema
from tests import desk as desk_module
from tests import dovecot, mail_api
from tests.acceptance.process import DeskProcess
from tests.acceptance.seen import cards, eventually, words
from tests.desk import payload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.sandbox import Sandbox
    from storage.unit_of_work import Storage
    from tests.dovecot import Dovecot
    from tests.mail_api import MailApi

_PATIENCE_SECONDS = 40

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
async def api() -> AsyncIterator[MailApi]:
    async with mail_api.running() as api:
        yield api


def config_file(folder: Path, source: str) -> Path:
    """The shipped configuration with one source more."""
    path = folder / "support.yaml"
    shipped = desk_module.SUPPORT_YAML.read_text(encoding="utf-8")
    path.write_text(shipped.replace("\nsources:\n", f"\nsources:\n  {source}\n"), encoding="utf-8")
    return path


def mails(*numbers: int) -> list[dict[str, Any]]:
    return [payload(id=f"m{number}", messageId=f"<{number}@customer.example>") for number in numbers]


def raw_mail(number: int) -> bytes:
    head = f"From: maria{number}@customer.example\r\nMessage-ID: <{number}@customer.example>\r\n"
    return f"{head}Subject: Refund {number}\r\n\r\nPlease.\r\n".encode()


async def count(storage: Storage, table: Any) -> int:
    async with storage.database.connection(read_only=True) as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


async def until_stored(storage: Storage, number: int, table: Any = schema.tickets) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await count(storage, table) < number:
            await asyncio.sleep(0.005)


@asynccontextmanager
async def killable(
    sandbox: Sandbox, folder: Path, source: str, secret: dict[str, str]
) -> AsyncIterator[DeskProcess]:
    """A process with one more source."""
    config = str(config_file(folder, source))
    desk = DeskProcess(sandbox, folder, DESKBELL_CONFIG=config, **secret)
    await desk.start()
    try:
        yield desk
    finally:
        await desk.close()


async def test_an_api_is_read_through_a_kill_between_commit_and_acknowledgement(
    sandbox: Sandbox, api: MailApi, tmp_path: Path
) -> None:
    poll = f"kind: rest, url: '{api.url}', interval: 1s, batch: 10"
    source = f"archive: {{provider: mailparse, tenant: acme, poll: {{{poll}}}}}"
    secret = {"DESKBELL_POLL_SECRETS__ARCHIVE": mail_api.TOKEN}
    async with killable(sandbox, tmp_path, source, secret) as process:
        storage, was_killed = process.desk.storage, asyncio.Event()

        async def kill_at_the_thirteenth() -> None:
            if len(api.acknowledged) == 13:
                await process.kill()
                was_killed.set()

        api.on_acknowledge = kill_at_the_thirteenth
        api.messages = [*mails(*range(24)), {"id": "poison"}]
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await was_killed.wait()
        assert await count(storage, schema.emails) == 20
        api.messages += mails(*range(24, 30))
        await process.start()
        await until_stored(storage, 30)
        await eventually(lambda: len(set(api.acknowledged)) == 31)
        assert (await count(storage, schema.tickets), await count(storage, schema.emails)) == (30, 31)


async def test_a_mailbox_is_read_through_kills_at_any_time(
    sandbox: Sandbox, dovecot_server: Dovecot, tmp_path: Path
) -> None:
    inbox = dovecot_server.mailbox()
    server = f"host: 127.0.0.1, port: {dovecot_server.port}, security: none"
    poll = f"kind: imap, {server}, history: true, interval: 10s"
    source = f"legacy: {{provider: raw, tenant: acme, poll: {{{poll}}}}}"
    secret = {"DESKBELL_POLL_SECRETS__LEGACY": f"{inbox.user}:{dovecot.PASSWORD}"}
    async with killable(sandbox, tmp_path, source, secret) as process:
        storage = process.desk.storage
        inbox.deliver(*map(raw_mail, range(60)))
        for stored in (1, 51):  # in the midst of the first batch, or of the second, or soon after
            await until_stored(storage, stored, schema.emails)
            await process.kill()
            await process.start()
        await process.kill()
        inbox.deliver(*map(raw_mail, range(60, 65)))
        await process.start()
        await until_stored(storage, 65)
        inbox.deliver(raw_mail(65))
        await until_stored(storage, 66)
        assert (await count(storage, schema.tickets), await count(storage, schema.emails)) == (66, 66)


def polling(url: str) -> SupportConfig:
    """The shipped configuration with an API that is polled without a pause."""
    config = config_module.load(desk_module.SUPPORT_YAML)
    poll = RestPoll(kind="rest", url=url, interval=timedelta(milliseconds=20))
    archive = Source(provider="mailparse", tenant="acme", poll=poll)
    return config.model_copy(update={"sources": {**config.sources, "archive": archive}})


SECRET = {"deskbell_poll_secrets": {"archive": mail_api.TOKEN}}


async def test_a_source_that_fails_is_told_to_operators_after_five_minutes_and_keeps_the_desk_in_service(
    sandbox: Sandbox, api: MailApi, tmp_path: Path
) -> None:
    later = timedelta()

    def clock() -> datetime:
        return utc_now() + later

    api.troubles = [web.Response(status=503) for _ in range(2)]
    config = polling(api.url)
    async with desk_module.running(sandbox, tmp_path, config=config, clock=clock, **SECRET) as desk:

        async def status() -> str:
            answer = await desk.http.get("/readyz")
            assert answer.status_code == 200
            return str(answer.json()["checks"]["poll.archive"])

        await eventually(lambda: len(api.troubles) == 1)
        await desk.settle()
        assert (await status()).startswith("ok (failing since 20")
        assert (await status()).endswith("Z: GET /v1/messages was answered 503)")
        assert desk.messages("C0OPS") == []
        later = timedelta(minutes=6)
        (notice,) = await eventually(lambda: desk.messages("C0OPS"))
        assert "The source archive cannot be polled since" in words(notice)
        api.messages = mails(1)
        await eventually(lambda: cards(desk, "DB-1001"))
        assert await status() == "ok"
        metrics = (await desk.http.get("/metrics")).text
        assert 'deskbell_poll_failures_total{source="archive"} 2.0' in metrics
        assert 'deskbell_poll_last_success_timestamp_seconds{source="archive"} 1' in metrics


async def test_a_polled_source_has_no_webhook(sandbox: Sandbox, api: MailApi, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=polling(api.url), **SECRET) as desk:
        assert (await desk.http.post("/webhooks/archive", json=payload())).status_code == 404


@pytest.mark.parametrize(
    ("poll", "secret", "problem"),
    [
        ({"kind": "rest", "url": "https://mail.example/v1"}, None, "not set"),
        ({"kind": "imap", "host": "mail.example"}, None, "not set"),
        ({"kind": "imap", "host": "mail.example"}, "only-a-password", "write it as user:password"),
        ({"kind": "imap", "host": "mail.example"}, "two:lines\r\nof it", "write it as user:password"),
    ],
)
async def test_without_a_fitting_secret_it_does_not_start(
    sandbox: Sandbox, tmp_path: Path, poll: dict[str, str], secret: str | None, problem: str
) -> None:
    config = config_module.load(desk_module.SUPPORT_YAML)
    provider = "mailparse" if poll["kind"] == "rest" else "raw"
    source = Source.model_validate({"provider": provider, "tenant": "acme", "poll": poll})
    config = config.model_copy(update={"sources": {**config.sources, "my-shop": source}})
    secrets = {"my-shop": secret} if secret else {}
    settings = desk_module.settings(sandbox, tmp_path, deskbell_poll_secrets=secrets)
    with pytest.raises(SettingsError, match=f"DESKBELL_POLL_SECRETS__MY_SHOP: {problem}"):
        create_app(settings, config)
