"""What every Pager does, each asked against a stand-in that speaks its API and checks what its vendor documents."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bot import adapters
from bot.config_pagers import JsmOperations, PagerDuty, WebhookTarget
from bot.errors import PermanentError, RateLimitedError, SettingsError, TransientError
from bot.integrations.interfaces import PageCall
from bot.integrations.jsm_pager import JsmPager
from bot.integrations.pagerduty_pager import PagerDutyPager
from bot.integrations.webhook_pager import WebhookPager
from bot.settings import Settings
from routing.decision import Priority
from tests import desk, pagers, servers
from tests.pagers import CALLING, CLOSED, LATE, LOST, TAKEN
from tests.storage.samples import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.integrations.interfaces import Pager
    from tests.pagers import PagerServer

KEY, VARIABLE = "DB-1042/7", "DESKBELL_PAGER_SECRETS__PD"
LINK = "https://desk.acme.example/traces/trace-1"
CALL = PageCall(
    dedup_key=KEY,
    summary="DB-1042 Tech: The shop is down",
    severity=Priority.URGENT,
    source="acme.example",
    link=LINK,
    details={"ticket": "DB-1042", "queue": "Tech", "subject": "The shop is down"},
)
PATIENCE = timedelta(seconds=10)


def pagerduty(url: str, secret: str, patience: timedelta = PATIENCE) -> Pager:
    config = PagerDuty(kind="pagerduty", url=url)
    return PagerDutyPager(config, secret=secret, secret_name=VARIABLE, patience=patience)


def jsm(url: str, secret: str, patience: timedelta = PATIENCE) -> Pager:
    config = JsmOperations(kind="jsm", url=url)
    return JsmPager(config, secret=secret, secret_name=VARIABLE, patience=patience)


def webhook(url: str, secret: str, patience: timedelta = PATIENCE) -> Pager:
    config = WebhookTarget(kind="webhook", url=f"{url}/pages")
    return WebhookPager(config, secret=secret, secret_name=VARIABLE, clock=lambda: NOW, patience=patience)


@dataclass(frozen=True)
class Kind:
    """A kind of pager, and how its server keeps things."""

    server: Callable[[], PagerServer]
    pager: Callable[..., Pager]
    key: str = KEY
    severities: tuple[str, str, str, str] = ("low", "normal", "high", "urgent")


KINDS = {
    "pagerduty": Kind(pagers.PagerDutyServer, pagerduty, severities=("info", "warning", "error", "critical")),
    # A slash in its path would be asking for trouble.
    "jsm": Kind(pagers.JsmServer, jsm, key="DB-1042.7", severities=("P4", "P3", "P2", "P1")),
    "webhook": Kind(lambda: pagers.WebhookServer(NOW), webhook),
}


@dataclass(frozen=True)
class Line:
    """A pager and the server at its other end."""

    kind: Kind
    server: PagerServer
    pager: Pager

    @property
    def state(self) -> str | None:
        return self.server.alerts.get(self.kind.key)

    @asynccontextmanager
    async def another(self, *, secret: str = "", **changes: Any) -> AsyncIterator[Pager]:
        pager = self.kind.pager(self.server.url, secret or self.server.secret, **changes)
        yield pager
        await pager.close()


@pytest.fixture(params=KINDS)
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    kind = KINDS[request.param]
    server = kind.server()
    async with server.running():
        pager = kind.pager(server.url, server.secret)
        yield Line(kind, server, pager)
        await pager.close()


async def test_a_call_opens_an_alert_that_says_what_it_is_about(line: Line) -> None:
    await line.pager.trigger(CALL)
    assert line.state == CALLING
    (alert,) = line.server.opened
    said = str(alert)
    for words in ("DB-1042 Tech: The shop is down", LINK, "'queue': 'Tech'", "acme.example"):
        assert words in said


async def test_a_call_goes_through_acknowledged_to_closed(line: Line) -> None:
    await line.pager.trigger(CALL)
    await line.pager.acknowledge(KEY, by="Kim Oncall")
    assert line.state == TAKEN
    await line.pager.resolve(KEY)
    assert line.state == CLOSED


async def test_the_same_call_again_is_the_same_alert(line: Line) -> None:
    await line.pager.trigger(CALL)
    await line.pager.trigger(replace(CALL, number=2))
    assert line.server.told == [("trigger", line.kind.key)] * 2
    assert len(line.server.opened) == 1


async def test_what_was_never_called_can_be_taken_back(line: Line) -> None:
    await line.pager.acknowledge(KEY, by="Kim Oncall")
    await line.pager.resolve(KEY)
    assert line.server.opened == []


async def test_each_priority_has_a_word_of_theirs(line: Line) -> None:
    for priority, word in zip(Priority, line.kind.severities, strict=True):
        await line.pager.trigger(replace(CALL, dedup_key=f"DB-1042/{priority}", severity=priority))
        assert f"'{word}'" in str(line.server.opened[-1])


async def test_what_is_too_long_is_cut_and_what_is_odd_is_kept(line: Line) -> None:
    """The stand-in refuses what is longer than its vendor documents."""
    odd = 'Straße "down"\n<b>\u202e'
    await line.pager.trigger(replace(CALL, summary=odd + "x" * 20_000, source="a" * 300))
    await line.pager.acknowledge(KEY, by="ß" * 300)
    assert line.state == TAKEN
    (alert,) = line.server.opened
    assert 'Straße "down"' in str(alert)


@pytest.mark.parametrize("trouble", [LOST, LATE])
async def test_a_call_that_arrived_unseen_is_made_again_without_a_second_alert(
    line: Line, trouble: str
) -> None:
    line.server.troubles = [trouble]
    async with line.another(patience=timedelta(seconds=0.3)) as hasty:
        with pytest.raises(TransientError):
            await hasty.trigger(CALL)
    await line.pager.trigger(CALL)
    assert len(line.server.opened) == 1
    assert set(line.server.told) == {("trigger", line.kind.key)}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (500, TransientError),
        (503, TransientError),
        (408, TransientError),
        (302, PermanentError),
        (404, PermanentError),
        (422, PermanentError),
    ],
)
async def test_trouble_is_told_apart_and_passes(line: Line, status: int, expected: type[Exception]) -> None:
    line.server.troubles = [web.Response(status=status, headers={"Location": "/elsewhere"})]
    with pytest.raises(expected, match=rf"^127\.0\.0\.1 answered {status}"):
        await line.pager.trigger(CALL)
    assert line.state is None
    await line.pager.trigger(CALL)
    assert line.state == CALLING


@pytest.mark.parametrize(("told", "seconds"), [("7", 7), ("", 30), ("9" * 30, 600)])
async def test_a_pause_that_is_asked_for_is_made(line: Line, told: str, seconds: int) -> None:
    line.server.troubles = [web.Response(status=429, headers={"Retry-After": told})]
    with pytest.raises(RateLimitedError) as caught:
        await line.pager.trigger(CALL)
    assert caught.value.retry_after == timedelta(seconds=seconds)


async def test_a_wrong_key_is_final_and_names_its_variable_and_not_itself(line: Line) -> None:
    wrong = "the-wrong-key-that-nobody-may-read"
    async with line.another(secret=wrong) as pager:
        for tell in (pager.trigger(CALL), pager.acknowledge(KEY, by="Kim Oncall"), pager.resolve(KEY)):
            with pytest.raises(PermanentError, match=VARIABLE) as caught:
                await tell
            assert wrong not in str(caught.value)
    assert line.server.told == []


async def test_a_server_that_is_away_may_come_back(line: Line) -> None:
    away = line.kind.pager(f"http://127.0.0.1:{servers.free_port()}", line.server.secret)
    with pytest.raises(TransientError, match="does not answer: ConnectError"):
        await away.trigger(CALL)
    await away.close()


# What support.yaml names.


@pytest.mark.parametrize(
    ("chosen", "adapter"),
    [
        (PagerDuty(kind="pagerduty"), PagerDutyPager),
        (JsmOperations(kind="jsm"), JsmPager),
        (WebhookTarget(kind="webhook", url="https://hook.example"), WebhookPager),
    ],
    ids=KINDS,
)
async def test_each_kind_is_built_if_its_secret_is_set(
    chosen: PagerDuty | JsmOperations | WebhookTarget, adapter: type[Pager]
) -> None:
    settings = Settings(
        _env_file=None,
        slack_bot_token=desk.BOT_TOKEN,
        slack_signing_secret=desk.SIGNING_SECRET,
        smtp_host="127.0.0.1",
        deskbell_secret_key=desk.SECRET_KEY,
        deskbell_pager_secrets={"the-one": "a-secret-of-the-tests"},
    )
    pager = adapters.pager(settings, "the-one", chosen, clock=lambda: NOW)
    assert isinstance(pager, adapter)
    await pager.close()
    with pytest.raises(SettingsError, match=r"^DESKBELL_PAGER_SECRETS__NO_ONE: not set; the pager 'no-one'"):
        adapters.pager(settings, "no-one", chosen, clock=lambda: NOW)


# Webhooks.


async def test_a_webhook_keeps_its_id_at_a_retry_whatever_the_ticket_is_called_by_then() -> None:
    server = pagers.WebhookServer(NOW)
    async with server.running():
        pager = webhook(server.url, server.secret)
        for call in (CALL, replace(CALL, summary="DB-1042 Tech: Another subject"), replace(CALL, number=2)):
            await pager.trigger(call)
        await pager.acknowledge(KEY, by="Kim Oncall")
        await pager.resolve(KEY)
        await pager.close()
    first, retried, *others = server.ids
    assert first == retried
    assert len({first, *others}) == 4


async def test_a_plain_text_is_a_secret_for_webhooks_too() -> None:
    WebhookPager(
        WebhookTarget(kind="webhook", url="https://hook.example"),
        secret="a plain text",
        secret_name=VARIABLE,
        clock=lambda: NOW,
    )
    with pytest.raises(SettingsError, match=f"^{VARIABLE}: write base64 behind whsec_"):
        webhook("https://hook.example", "whsec_not base64!")


def test_a_key_of_jsm_that_fits_no_header_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match=f"^{VARIABLE}: a key has letters"):
        jsm("https://ops.example", "key\nof two lines")
