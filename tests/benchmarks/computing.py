"""The three steps of a mail's way that only compute."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email import message_from_bytes
from statistics import median
from timeit import timeit
from typing import TYPE_CHECKING

import re2

from blocks import ticket_card
from bot import config
from bot.bench import mails as measured_mails
from bot.bench.table import Row, duration
from bot.intake.mailparse import MailparseProvider
from bot.intake.raw import RawProvider
from routing import engine, visible_text
from tests.benchmarks import mails
from tests.benchmarks.servers.deskbell import SUPPORT_YAML
from tests.blocks import factories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from routing.email import InboundEmail

_NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_TURNS = 7


def rows(*, runs: int) -> Iterator[Row]:
    """Each step beside the least that any way of doing it would cost."""
    body, provider = measured_mails.body(1), MailparseProvider()
    email = provider.parse(body, received_at=_NOW)
    ruleset, facts = config.load(SUPPORT_YAML).ruleset(), engine.RoutingFacts(email=email)
    raw, large = RawProvider(), mails.raw(20_000)
    hostile = "> On Monday, 3 June 2024 at 10:02, Ana <ana@a.example> wrote:\n" * 16_000
    card = factories.card(decision=engine.route(facts, ruleset), attachments=email.attachments)
    pattern, blocks = re2.compile(r"(?i)\bunheard\b"), ticket_card.build(card).payload()
    steps: tuple[tuple[str, Callable[[], object], str, Callable[[], object]], ...] = (
        ("parse 2 KiB", lambda: provider.parse(body, received_at=_NOW), "json", lambda: json.loads(body)),
        ("route()", lambda: engine.route(facts, ruleset), "1 search", lambda: pattern.search(email.text)),
        (
            "parse and decide 20 KB",
            lambda: engine.route(_facts(raw.parse(large, received_at=_NOW)), ruleset),
            "stdlib",
            lambda: message_from_bytes(large).get_payload(),
        ),
        (
            "visible text, 1 MB of quotes",
            lambda: visible_text.of(hostile, subject=""),
            "splitlines",
            hostile.splitlines,
        ),
        ("card", lambda: ticket_card.build(card).payload(), "json", lambda: json.dumps(blocks)),
    )
    for figure, work, floor_name, floor in steps:
        number = max(1, runs // 20) if "MB" in figure else runs
        pairs = [
            (timeit(work, number=number) / number, timeit(floor, number=number) / number)
            for _ in range(_TURNS)
        ]
        seconds, least = (median(column) for column in zip(*pairs, strict=True))
        ratio = median(one / beside for one, beside in pairs)
        yield Row(figure, duration(seconds), f"{floor_name}: {duration(least)}", f"{ratio:.1f} x")


def _facts(email: InboundEmail) -> engine.RoutingFacts:
    return engine.RoutingFacts(email=email)
