"""Schedules that are kept elsewhere: read, copied, and trusted while they cannot be read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot import app
from bot.clock import utc_now
from bot.errors import SettingsError
from tests import desk as desk_module
from tests import duty_calendars
from tests.acceptance.seen import eventually, words
from tests.acceptance.test_on_call import Clock, hourly, on_call_by
from tests.desk import ANA, BO

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any

    from bot.sandbox import Sandbox
    from tests.desk import Desk
    from tests.duty_calendars import DutyApi

PEOPLE = {"Ana Ferreira": ANA, "bo@acme.example": BO, "PBO": BO}
ICAL = {"ical": {"people": PEOPLE, "refresh": "1m"}}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def calendars() -> AsyncIterator[DutyApi]:
    async with duty_calendars.running() as api:
        now = utc_now()
        api.feed = duty_calendars.calendar(
            duty_calendars.event(now - HOUR, now + HOUR, "On call: Ana Ferreira"),
            duty_calendars.event(now + HOUR, now + 2 * HOUR, "Lee Chen"),
        )
        yield api


def secrets(api: DutyApi, schedule: str = "support") -> dict[str, Any]:
    return {"deskbell_schedule_secrets": {schedule: f"{api.url}/feed.ics"}}


def notices(desk: Desk) -> list[str]:
    return [words(message) for message in desk.messages("C0OPS")]


async def now_on_call(desk: Desk) -> str:
    return words(await desk.command(ANA, "/support oncall"))


async def test_a_feed_says_who_is_on_call_and_whoever_it_does_not_know_is_told(
    sandbox: Sandbox, tmp_path: Path, calendars: DutyApi
) -> None:
    config = on_call_by(support=ICAL)
    async with desk_module.running(sandbox, tmp_path, config=config, **secrets(calendars)) as desk:
        await desk.settle()
        assert "*Now*  <@U0ANA> until" in await now_on_call(desk)
        (notice,) = notices(desk)
        assert "The calendar of the schedule support names Lee Chen, whom its `people`" in notice


async def test_a_feed_that_fails_is_told_once_and_its_copy_counts_even_after_a_restart(
    sandbox: Sandbox, tmp_path: Path, calendars: DutyApi
) -> None:
    clock = Clock()
    config = on_call_by(support=ICAL)
    running = {"config": config, "clock": clock, **secrets(calendars)}
    async with desk_module.running(sandbox, tmp_path, **running) as desk:
        await desk.settle()
        calendars.status = 503
        clock.later = 2 * MINUTE
        await eventually(lambda: len(notices(desk)) == 2)
        assert "The calendar of the schedule support: it answered 503. Its copy of 2" in notices(desk)[-1]
        assert calendars.url not in notices(desk)[-1], "the address is a secret"
    async with desk_module.running(sandbox, tmp_path, **running) as desk:
        await desk.settle()
        shown = await now_on_call(desk)
        assert "*Now*  <@U0ANA> until" in shown
        assert "UTC: it answered 503" in shown
        assert len(notices(desk)) == 2, "told once"
        calendars.status = 200
        clock.later = 4 * MINUTE
        await eventually(lambda: len(notices(desk)) == 3)
        assert "can be read again" in notices(desk)[-1]


@pytest.mark.parametrize(
    ("feed", "status", "problem"),
    [
        (b"<html>", 200, "it is no calendar that can be read"),
        (b"", 404, "it answered 404"),
        (b"x" * (4 * 1024 * 1024 + 1), 200, "it answered more than 4194304 bytes"),
        (b"", 302, "it answered 302"),
    ],
)
async def test_a_feed_that_never_could_be_read_has_nobody_on_call(
    sandbox: Sandbox, tmp_path: Path, calendars: DutyApi, feed: bytes, status: int, problem: str
) -> None:
    calendars.feed, calendars.status = feed, status
    config = on_call_by(support=ICAL)
    async with desk_module.running(sandbox, tmp_path, config=config, **secrets(calendars)) as desk:
        await desk.settle()
        (notice,) = notices(desk)
        assert problem in notice
        assert "nobody is on call by this schedule until it can be read" in notice
        shown = await now_on_call(desk)
        assert "*Now*  nobody" in shown
        assert "Its calendar is never read yet" in shown


async def test_a_change_in_the_calendar_is_announced(
    sandbox: Sandbox, tmp_path: Path, calendars: DutyApi
) -> None:
    clock = Clock()
    running = {"config": on_call_by(support=ICAL), "clock": clock, **secrets(calendars)}
    async with desk_module.running(sandbox, tmp_path, **running) as desk:
        await desk.settle()
        told = len(desk.messages("D0BO"))
        now = utc_now()
        calendars.feed = duty_calendars.calendar(
            [*duty_calendars.event(now - HOUR, now + HOUR, "On call"), "ATTENDEE:mailto:bo@acme.example"]
        )
        clock.later = 2 * MINUTE
        await eventually(lambda: len(desk.messages("D0BO")) > told)
        assert "You are on call for *support* now until" in words(desk.messages("D0BO")[-1])


async def test_pagerduty_says_who_is_on_call(sandbox: Sandbox, tmp_path: Path, calendars: DutyApi) -> None:
    now = utc_now()
    calendars.entries = [
        {
            "start": (now - HOUR).isoformat(),
            "end": (now + HOUR).isoformat(),
            "user": {"id": "PBO", "summary": "B. L.", "type": "user_reference"},
        }
    ]
    pagerduty = {"schedule": "PSUPPORT", "url": calendars.url, "people": PEOPLE}
    config = on_call_by(support={"pagerduty": pagerduty}, spare=hourly())
    secret = {"deskbell_schedule_secrets": {"support": duty_calendars.KEY}}
    async with desk_module.running(sandbox, tmp_path, config=config, **secret) as desk:
        await desk.settle()
        assert "*support*\\n*Now*  <@U0BO> until" in await now_on_call(desk)
        (asked, *_) = calendars.asked
        assert asked["since"] < now.isoformat() < asked["until"]
        assert notices(desk) == []


async def test_without_its_secret_the_desk_does_not_start(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = desk_module.settings(sandbox, tmp_path)
    with pytest.raises(SettingsError, match="DESKBELL_SCHEDULE_SECRETS__SUPPORT: not set"):
        app.create_app(settings, on_call_by(support=ICAL))
