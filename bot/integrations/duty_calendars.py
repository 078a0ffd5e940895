"""Calendars elsewhere that say who is on call: iCal feeds, and PagerDuty's REST API.

Sources: RFC 5545; https://developer.pagerduty.com/api-reference/3f03afb2c84a4-get-a-schedule.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from bot import ical
from bot.config_schedules import ICalSchedule
from bot.errors import PermanentError, TransientError
from routing.duties import Duty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from bot.config_schedules import FedSchedule, PagerDutySchedule

_SECONDS = 30
"""For all of it, however slowly it drips."""


class _User(BaseModel):
    id: str
    summary: str = ""
    email: str = ""


class _Entry(BaseModel):
    start: AwareDatetime
    end: AwareDatetime
    user: _User


class _Final(BaseModel):
    rendered_schedule_entries: list[_Entry] = Field(default_factory=list)


class _Schedule(BaseModel):
    final_schedule: _Final


class _Answer(BaseModel):
    schedule: _Schedule


class HttpDutyCalendars:
    """See `DutyCalendars`; `secrets` by schedule."""

    def __init__(self, secrets: Mapping[str, SecretStr]) -> None:
        self._secrets = secrets

    async def duties(
        self, name: str, schedule: FedSchedule, *, start: datetime, end: datetime
    ) -> tuple[Duty, ...]:
        """See `DutyCalendars.duties`."""
        if name not in self._secrets:
            raise PermanentError(f"DESKBELL_SCHEDULE_SECRETS__{name.replace('-', '_').upper()} is not set")
        secret = self._secrets[name].get_secret_value()
        try:
            async with asyncio.timeout(_SECONDS):
                if isinstance(schedule, ICalSchedule):
                    return await _of_feed(secret, ZoneInfo(schedule.zone), start, end)
                return await _of_pagerduty(schedule, secret, start, end)
        except TimeoutError as error:
            raise TransientError(f"it takes longer than {_SECONDS} s") from error


async def _of_feed(url: str, zone: ZoneInfo, start: datetime, end: datetime) -> tuple[Duty, ...]:
    content = await _get(f"https{url[len('webcal') :]}" if url.startswith("webcal://") else url)
    try:
        return await asyncio.to_thread(ical.read, content, zone=zone, start=start, end=end)
    except ValueError as error:
        raise PermanentError(f"it is no calendar that can be read: {error}") from error


async def _of_pagerduty(
    schedule: PagerDutySchedule, key: str, start: datetime, end: datetime
) -> tuple[Duty, ...]:
    content = await _get(
        f"{schedule.pagerduty.url}/schedules/{schedule.pagerduty.schedule}",
        query={"since": start.isoformat(), "until": end.isoformat(), "time_zone": "UTC"},
        headers={
            "Authorization": f"Token token={key}",
            "Accept": "application/vnd.pagerduty+json;version=2",
        },
    )
    try:
        entries = _Answer.model_validate_json(content).schedule.final_schedule.rendered_schedule_entries
    except ValidationError as error:
        raise PermanentError("it answered something else than a schedule") from error
    return tuple(_duty(entry) for entry in entries)


def _duty(entry: _Entry) -> Duty:
    user = entry.user
    names = tuple(filter(None, (user.email, user.summary, user.id)))
    return Duty(entry.start.astimezone(UTC), entry.end.astimezone(UTC), names)


async def _get(
    url: str, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    from bot.integrations import bounded_get  # noqa: PLC0415 - its HTTP client is large

    return await bounded_get.get(url, query=query, headers=headers)
