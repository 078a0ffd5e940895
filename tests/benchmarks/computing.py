"""The three steps of a mail's way that only compute."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from statistics import median
from timeit import timeit
from typing import TYPE_CHECKING

import re2

from blocks import ticket_card
from bot import config
from bot.intake.mailparse import MailparseProvider
from routing import engine
from tests.benchmarks import mails
from tests.benchmarks.servers.deskbell import SUPPORT_YAML
from tests.benchmarks.table import Row, duration
from tests.blocks import factories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_TURNS = 7


def rows(*, runs: int) -> Iterator[Row]:
    """Each step beside the least that any way of doing it would cost."""
    body, provider = mails.body(1), MailparseProvider()
    email = provider.parse(body, received_at=_NOW)
    ruleset, facts = config.load(SUPPORT_YAML).ruleset(), engine.RoutingFacts(email=email)
    card = factories.card(decision=engine.route(facts, ruleset), attachments=email.attachments)
    pattern, blocks = re2.compile(r"(?i)\bunheard\b"), ticket_card.build(card).payload()
    steps: tuple[tuple[str, Callable[[], object], str, Callable[[], object]], ...] = (
        ("parse 2 KiB", lambda: provider.parse(body, received_at=_NOW), "json", lambda: json.loads(body)),
        ("route()", lambda: engine.route(facts, ruleset), "1 search", lambda: pattern.search(email.text)),
        ("card", lambda: ticket_card.build(card).payload(), "json", lambda: json.dumps(blocks)),
    )
    for figure, work, floor_name, floor in steps:
        pairs = [(timeit(work, number=runs) / runs, timeit(floor, number=runs) / runs) for _ in range(_TURNS)]
        seconds, least = (median(column) for column in zip(*pairs, strict=True))
        ratio = median(one / beside for one, beside in pairs)
        yield Row(figure, duration(seconds), f"{floor_name}: {duration(least)}", f"{ratio:.1f} x")
