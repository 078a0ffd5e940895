"""From the mail to its card in Slack, at a steady rate whatever comes of it: the desk cannot slow the senders down."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import tempfile
from contextlib import closing
from statistics import median, quantiles
from time import perf_counter, sleep, time
from typing import TYPE_CHECKING

from bot.bench.mails import without_file
from bot.bench.table import Row, duration
from tests.benchmarks import mails, running

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.benchmarks.sizes import Size

_PATIENCE_SECONDS = 60
_NUMBER = re.compile(r"Order #(\d+)")
_POST = (
    b"POST /api/chat.postMessage HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Authorization: Bearer xoxb-token-of-the-benchmarks\r\nContent-Length: %d\r\n\r\n%b"
)


def rows(size: Size) -> Iterator[Row]:
    """Half of the cards were there sooner than p50; beside them messages that go to Slack straight away."""
    first = 1
    with tempfile.TemporaryDirectory() as folder, running.running(folder) as whole:
        for rate in size.rates:
            count = max(2, int(rate * size.patience))
            numbers = range(first, first + count)
            first += count
            sent = asyncio.run(
                _at(rate, numbers, lambda n: _exchange(whole.desk.port, mails.request(without_file(n))))
            )
            seconds = _until_cards(whole.messages, {n: begun for n, (begun, _) in sent.items()})
            floor = asyncio.run(_at(rate, numbers, lambda _: _exchange(whole.slack.port, _message())))
            yield _row(rate, seconds, [ended - begun for begun, ended in floor.values()], count)


def _row(rate: int, seconds: list[float], floor: list[float], count: int) -> Row:
    p50, p99 = median(seconds), quantiles(seconds, n=100)[98]
    lost = f", {count - len(seconds)} not within {_PATIENCE_SECONDS} s" if len(seconds) < count else ""
    return Row(
        f"mail to card at {rate} mails/s",
        f"p50 {duration(p50)}, p99 {duration(p99)}{lost}",
        f"straight to Slack: p50 {duration(median(floor))}, p99 {duration(quantiles(floor, n=100)[98])}",
        f"{p50 / median(floor):.1f} x",
        "p99 under 250 ms" if rate == 10 else "",
    )


async def _at(
    rate: int, numbers: range, send: Callable[[int], Awaitable[None]]
) -> dict[int, tuple[float, float]]:
    """Send each at its time; when it was due and when it was answered, by the clock on the wall."""
    beginning, times = time() + 0.1, {}

    async def one(number: int, due: float) -> None:
        await asyncio.sleep(due - time())
        await send(number)
        times[number] = (due, time())

    async with asyncio.TaskGroup() as tasks:
        for position, number in enumerate(numbers):
            tasks.create_task(one(number, beginning + position / rate))
    return times


async def _exchange(port: int, request: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"not 200: {status!r}")
    await reader.readuntil(b"}")
    writer.close()
    await writer.wait_closed()


def _message() -> bytes:
    body = json.dumps({"channel": "#triage", "text": "A message of two lines\n" * 20}).encode()
    return _POST % (len(body), body)


def _until_cards(messages: Path, sent: dict[int, float]) -> list[float]:
    """Seconds from each mail to its card, of the mails that got one in time."""
    deadline = perf_counter() + _PATIENCE_SECONDS
    with closing(sqlite3.connect(f"file:{messages}?mode=ro", uri=True)) as connection:
        while True:
            cards = _cards(connection, sent)
            if len(cards) == len(sent) or perf_counter() > deadline:
                return list(cards.values())
            sleep(0.2)


def _cards(connection: sqlite3.Connection, sent: dict[int, float]) -> dict[int, float]:
    found = connection.execute("SELECT body FROM documents WHERE kind = 'message'").fetchall()
    seconds: dict[int, float] = {}
    for (body,) in found:
        message = json.loads(body)
        if (match := _NUMBER.search(message["text"])) and int(match[1]) in sent:
            number = int(match[1])
            seconds.setdefault(number, float(message["ts"]) - sent[number])
    return seconds
