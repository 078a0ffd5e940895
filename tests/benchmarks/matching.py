"""What a mail costs as the rules grow in number, beside a loop that asks each pattern alone."""

from __future__ import annotations

import re
from statistics import median
from timeit import timeit
from typing import TYPE_CHECKING

from bot.bench.table import Row, duration
from routing import engine
from routing.rules import Ruleset
from tests.routing.mails import mail

if TYPE_CHECKING:
    from collections.abc import Iterator

_COUNTS = (10, 100, 1_000)
_TURNS = 7
_TEXT = ("The parcel came on Tuesday and the lamp in it was fine, but the cable is too short for us. " * 23)[
    :2048
]
"""2 KiB, as the mails of most people."""


def rows(*, runs: int) -> Iterator[Row]:
    """A decision with ten, a hundred and a thousand rules; the aim is 1.5 times from the least to the most."""
    facts = engine.RoutingFacts(email=mail(text=_TEXT))
    costs = {count: _seconds(facts, _ruleset(count), runs) for count in _COUNTS}
    for count, seconds in costs.items():
        patterns = [re.compile(_pattern(number), re.IGNORECASE) for number in range(count)]
        number = max(1, runs // count)
        loop = timeit(lambda: [pattern.search(_TEXT) for pattern in patterns], number=number) / number  # noqa: B023 - called at once
        yield Row(
            f"decide, {count:,} rules",
            duration(seconds),
            f"loop of re: {duration(loop)}",
            f"{seconds / loop:.3f} x",
        )
    least, most = costs[_COUNTS[0]], costs[_COUNTS[-1]]
    yield Row(
        "1,000 rules",
        duration(most),
        f"10 rules: {duration(least)}",
        f"{most / least:.2f} x",
        "at most 1.5 x",
    )


def _seconds(facts: engine.RoutingFacts, ruleset: Ruleset, runs: int) -> float:
    engine.decide(facts, ruleset)
    return median(timeit(lambda: engine.decide(facts, ruleset), number=runs) / runs for _ in range(_TURNS))


def _ruleset(count: int) -> Ruleset:
    rules = [
        {
            "id": f"rule-{number}", "description": "One of many.", "owner": "us",
            "when": {"text": {"matches": _pattern(number)}}, "then": {"queue": "orders", "intent": "product"},
        }
        for number in range(count)
    ]  # fmt: skip
    return Ruleset.model_validate(
        {"rules": rules, "triage_queue": "triage", "confidence_threshold": 0.6, "extractors": ()}
    )


def _pattern(number: int) -> str:
    return rf"\b(?:exchange|return)s? (?:of |the |my )*item{number}\b"
