"""The report of a replay as one page that needs nothing else: no script, no picture, no font."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

import jinja2

from bot.replaying import result
from routing import replay_matrix
from routing.replay import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.replaying.result import Result

_HEADINGS: Final = {
    Kind.MOVED: "Moved to another queue",
    Kind.NEWLY_MATCHED: "Newly matched by a rule",
    Kind.NEWLY_UNMATCHED: "Not matched by a rule any more",
    Kind.CONFIDENCE: "Other confidence",
    Kind.DETAILS: "Other rule, intent, priority or tags",
}


def render(found: Result, *, link: Callable[[str], str], now: datetime) -> str:
    """The page; `link` gives the address of a trace."""
    report = found.report
    groups = [
        (_HEADINGS[kind], getattr(report, kind), list(examples))
        for kind, examples in groupby(report.examples, lambda example: example.kind)
    ]
    return (
        _templates()
        .get_template("report.html")
        .render(
            found=found,
            report=report,
            headline=result.headline(report),
            verdict=result.agreement(report.agreement),
            tone=_tone(found),
            matrix=replay_matrix.of(report),
            most_hits=max((max(hits.before, hits.after) for hits in report.rules), default=0),
            groups=groups,
            link=link,
            now=now,
        )
    )


def _tone(found: Result) -> str:
    """`good`, `bad` or `even`: whether agents would find more of their queues chosen."""
    agreement = found.report.agreement
    if agreement.after == agreement.before:
        return "even"
    return "good" if agreement.after > agreement.before else "bad"


@cache
def _templates() -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.replaying"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["percent"] = result.percent
    return templates
