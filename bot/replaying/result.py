"""What a replay came to, and the sentences that say it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.replay import Agreement, Report


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """A report and what it is about."""

    report: Report
    ruleset: str
    """Content hash of the rules that were tried."""
    done: int
    planned: int

    @property
    def is_partial(self) -> bool:
        """Whether it was stopped before its end."""
        return self.done < self.planned

    def to_json(self) -> str:
        """Canonical: equal results give equal bytes."""
        content = {
            "partial": self.is_partial,
            "report": json.loads(self.report.to_json()),
            "ruleset": self.ruleset,
        }
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def headline(report: Report) -> str:
    """What moves, in a sentence."""
    if not report.total:
        return "No decided mail was found."
    if report.unchanged == report.total:
        return f"Nothing changes: {_mails(report.total)} would be decided as before."
    if not report.moved:
        return f"Nothing moves: {_mails(report.total)} would go where they went."
    share = percent(report.moved, report.total)
    return f"{report.moved:,} of {_mails(report.total)} would move ({share})."


def agreement(found: Agreement) -> str:
    """Whether that is better, by what the agents did."""
    if not found.confirmed:
        return (
            "No agent has confirmed the queue of any of these mails, so nobody can say whether it is better."
        )
    before, after = percent(found.before, found.confirmed), percent(found.after, found.confirmed)
    if not (found.gained or found.lost):
        return f"Agreement with the agents stays at {before} of {_mails(found.confirmed)} that they have worked on."
    way = "rises" if found.after > found.before else "falls" if found.after < found.before else "stays"
    change = f"{way} from {before} to {after}" if way != "stays" else f"stays at {before}"
    return (
        f"Agreement with the agents {change} of {_mails(found.confirmed)} that they have worked on: "
        f"{found.gained:,} would become right, {found.lost:,} wrong."
    )


def percent(part: int, whole: int) -> str:
    """A share as people read it: `0%`, `<0.1%`, `12.5%`, `100%`."""
    if part in {0, whole}:
        return "0%" if part == 0 else "100%"
    share = 100 * part / whole
    if share < 0.1:  # noqa: PLR2004 - what one digit can show
        return "<0.1%"
    return f"{min(share, 99.9):.1f}%"


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count:,} mails"
