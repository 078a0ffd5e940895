"""The report of a replay for a terminal and for logs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from blocks import text
from bot.replaying import result
from routing import replay_matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.replaying.result import Result
    from routing.replay import Example, Report

_SHOWN = 3
"""Examples of each kind; the JSON and the HTML have more."""


def render(found: Result, *, link: Callable[[str], str]) -> str:
    """Totals, matrix, rules and the first examples; `link` gives the address of a trace."""
    report = found.report
    parts = [_head(found)]
    if report.total:
        parts.append(_joined([("", "mails", "share"), *_totals(report)]))
    if report.moves:
        parts.append(_joined(list(_matrix(report))))
    if report.rules:
        parts.append(_joined([("rule", "before", "after", "change"), *_rules(report)]))
    parts += (
        _examples(list(examples), link) for _, examples in groupby(report.examples, lambda one: one.kind)
    )
    return "\n\n".join(parts)


def _head(found: Result) -> str:
    lines = [result.headline(found.report)]
    if found.report.total:
        lines.append(result.agreement(found.report.agreement))
    elif not found.is_partial:
        lines.append("There is nothing to replay: take a longer --since, or leave out --queue and --intent.")
    if found.is_partial:
        lines.insert(
            0, f"PARTIAL: stopped after {found.done:,} of {found.planned:,} mails, the newest first."
        )
    if found.report.unreadable:
        lines.append(f"{found.report.unreadable:,} records could not be read and were left out.")
    return "\n".join(lines)


def _totals(report: Report) -> Iterator[tuple[str, ...]]:
    for label, count in (
        ("replayed", report.total),
        ("unchanged", report.unchanged),
        ("moved", report.moved),
        ("other confidence", report.confidence),
        ("other details", report.details),
        ("newly matched", report.newly_matched),
        ("newly unmatched", report.newly_unmatched),
    ):
        yield label, f"{count:,}", result.percent(count, report.total)


def _matrix(report: Report) -> Iterator[tuple[str, ...]]:
    table = replay_matrix.of(report)
    yield ("from \\ to", *table.targets)
    for source, counts in table.rows:
        yield (source, *(f"{count:,}" if count else "." for count in counts))


def _rules(report: Report) -> Iterator[tuple[str, ...]]:
    for hits in report.rules:
        change = hits.after - hits.before
        yield hits.rule, f"{hits.before:,}", f"{hits.after:,}", f"{change:+,}" if change else ""


def _examples(examples: Sequence[Example], link: Callable[[str], str]) -> str:
    lines = [f"{examples[0].kind.replace('_', ' ')}, the newest:"]
    for example in examples[:_SHOWN]:
        lines += (f"  {_example(example)}", f"    {link(example.trace_id)}")
    return "\n".join(lines)


def _example(example: Example) -> str:
    queue = _change(example.from_queue, example.to_queue)
    rule = _change(example.rule_then or "none", example.rule_now or "none")
    confidence = _change(f"{example.confidence_then:.0%}", f"{example.confidence_now:.0%}")
    agents = f", agents: {example.final_queue}" if example.final_queue else ""
    day = f"{example.received_at:%Y-%m-%d}"
    return f"{day}  {queue}, rule {rule}, {confidence}{agents}  {example.subject}"


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} -> {after}"


def _joined(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(text.aligned(rows))
