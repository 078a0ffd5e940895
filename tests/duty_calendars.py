"""A stand-in for the calendars that say who is on call: an iCal feed and PagerDuty's REST API."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

KEY = "key-of-the-rest-api"


class DutyApi:
    """`GET /feed.ics` and `GET /schedules/{id}`."""

    def __init__(self) -> None:
        self.url = ""
        self.feed = b""
        self.entries: list[dict[str, Any]] = []
        self.status = 200
        self.asked: list[dict[str, str]] = []
        """The query of each question for a schedule."""

    async def _ics(self, _request: web.Request) -> web.Response:
        return web.Response(body=self.feed, status=self.status, content_type="text/calendar")

    async def _schedule(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Token token={KEY}":
            return web.Response(status=401)
        self.asked.append(dict(request.query))
        final = {"rendered_schedule_entries": self.entries}
        return web.json_response({"schedule": {"final_schedule": final}}, status=self.status)


@asynccontextmanager
async def running() -> AsyncIterator[DutyApi]:
    """A stand-in that listens."""
    api = DutyApi()
    application = web.Application()
    application.router.add_get("/feed.ics", api._ics)  # noqa: SLF001 - its own module
    application.router.add_get("/schedules/{id}", api._schedule)  # noqa: SLF001 - as above
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()


def calendar(*events: Sequence[str]) -> bytes:
    """An iCalendar with events, each as its lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Acme//On call//EN"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}@acme.example", "DTSTAMP:20260101T000000Z", *event]
        lines.append("END:VEVENT")
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def event(start: datetime, end: datetime, summary: str) -> list[str]:
    """One event in UTC."""
    return [f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}", f"SUMMARY:{summary}"]
