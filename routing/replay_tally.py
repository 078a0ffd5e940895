"""Counts replayed mails into a report, and reports into one."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from typing import TYPE_CHECKING, Final

from routing.replay import Agreement, Example, Kind, Move, Report, RuleHits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from routing.replay import Outcome

EXAMPLES_OF_A_KIND: Final = 10
_SUBJECT_LENGTH: Final = 100
_COUNTS: Final = ("total", "unchanged", "unreadable", *Kind)
_AGREEMENT: Final = tuple(Agreement.model_fields)


class Tally:
    """Takes outcomes and reports in any order; its size does not grow with their number."""

    def __init__(self) -> None:
        self._counts = Counter[str]()
        self._moves = Counter[tuple[str, str]]()
        self._before = Counter[str]()
        self._after = Counter[str]()
        self._agreement = Counter[str]()
        self._examples: dict[Kind, list[Example]] = {kind: [] for kind in Kind}

    def add(self, outcome: Outcome) -> None:
        """Count one mail."""
        then, now = outcome.then, outcome.now
        self._counts["total"] += 1
        for rule in then.hits:
            self._before[rule] += 1
        for rule in now.hits:
            self._after[rule] += 1
        if outcome.final_queue is not None:
            self._agree(then.queue == outcome.final_queue, now.queue == outcome.final_queue)
        kinds = list(_kinds(outcome))
        if not kinds:
            self._counts["unchanged"] += 1
        if Kind.MOVED in kinds:
            self._moves[then.queue, now.queue] += 1
        for kind in kinds:
            self._counts[kind] += 1
            if self._wants(kind, outcome.received_at):
                self._show(_example(kind, outcome))

    def add_unreadable(self) -> None:
        """Count a record that cannot be read."""
        self._counts["unreadable"] += 1

    def include(self, report: Report) -> None:
        """Count all that another report has counted."""
        self._counts.update({name: getattr(report, name) for name in _COUNTS})
        self._moves.update({(move.from_queue, move.to_queue): move.count for move in report.moves})
        self._before.update({hits.rule: hits.before for hits in report.rules})
        self._after.update({hits.rule: hits.after for hits in report.rules})
        self._agreement.update({name: getattr(report.agreement, name) for name in _AGREEMENT})
        for example in report.examples:
            self._show(example)

    def report(self) -> Report:
        """All that was counted so far."""
        return Report(
            **{name: self._counts[name] for name in _COUNTS},
            moves=tuple(
                Move(from_queue=source, to_queue=target, count=count)
                for (source, target), count in sorted(self._moves.items())
            ),
            rules=tuple(
                RuleHits(rule=rule, before=self._before[rule], after=self._after[rule])
                for rule in sorted(self._before.keys() | self._after.keys())
            ),
            agreement=Agreement(**{name: self._agreement[name] for name in _AGREEMENT}),
            examples=tuple(example for kind in Kind for example in self._examples[kind]),
        )

    def _agree(self, was_right: bool, is_right: bool) -> None:  # noqa: FBT001 - a pair
        self._agreement["confirmed"] += 1
        self._agreement["before"] += was_right
        self._agreement["after"] += is_right
        self._agreement["gained"] += is_right and not was_right
        self._agreement["lost"] += was_right and not is_right

    def _wants(self, kind: Kind, received_at: datetime) -> bool:
        """Spares the making of an example that is too old to be shown, which most are."""
        shown = self._examples[kind]
        return len(shown) < EXAMPLES_OF_A_KIND or received_at >= shown[-1].received_at

    def _show(self, example: Example) -> None:
        shown = self._examples[example.kind]
        insort(shown, example, key=_newest_first)
        del shown[EXAMPLES_OF_A_KIND:]


def merged(reports: Iterable[Report]) -> Report:
    """One report of several over different mails."""
    tally = Tally()
    for report in reports:
        tally.include(report)
    return tally.report()


def _kinds(outcome: Outcome) -> Iterator[Kind]:
    then, now = outcome.then, outcome.now
    if then.rule is None and now.rule is not None:
        yield Kind.NEWLY_MATCHED
    if then.rule is not None and now.rule is None:
        yield Kind.NEWLY_UNMATCHED
    if then.queue != now.queue:
        yield Kind.MOVED
    elif then.confidence != now.confidence:
        yield Kind.CONFIDENCE
    elif (then.rule, then.intent, then.priority, then.tags) != (now.rule, now.intent, now.priority, now.tags):
        yield Kind.DETAILS


def _example(kind: Kind, outcome: Outcome) -> Example:
    return Example(
        kind=kind,
        trace_id=outcome.trace_id,
        received_at=outcome.received_at,
        subject=_cut(outcome.subject),
        from_queue=outcome.then.queue,
        to_queue=outcome.now.queue,
        rule_then=outcome.then.rule,
        rule_now=outcome.now.rule,
        confidence_then=outcome.then.confidence,
        confidence_now=outcome.now.confidence,
        final_queue=outcome.final_queue,
    )


def _cut(subject: str) -> str:
    line = " ".join(subject.split())
    return line if len(line) <= _SUBJECT_LENGTH else f"{line[: _SUBJECT_LENGTH - 1]}…"


def _newest_first(example: Example) -> tuple[float, str]:
    return -example.received_at.timestamp(), example.trace_id
