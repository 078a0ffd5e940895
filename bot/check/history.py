"""Rules that no stored mail has needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.check import marking
from routing import sla

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import timedelta

    from bot.config import SupportConfig
    from bot.yaml_file import Document, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What was stored in the last days."""

    period: timedelta
    hits_of: Callable[[Sequence[str]], Mapping[str, int]]
    """How many mails of the period each of the rules had an effect on; one without any may be left out."""


def unneeded(config: SupportConfig, document: Document, history: History) -> Iterator[Problem]:
    """Yield each rule without a hit; where none has one there is no history to judge by, and that is said once."""
    hits = history.hits_of([rule.id for rule in config.rules])
    period = sla.phrase(history.period)
    if not any(hits.values()):
        message = f"no mail of the last {period} was routed by these rules: nothing to judge them by"
        yield marking.warning(document, ("rules",), "no-history", message)
        return
    for place, rule in enumerate(config.rules):
        if not hits.get(rule.id):
            message = f"this rule had no effect on any mail of the last {period}"
            yield marking.warning(document, ("rules", place, "id"), "unneeded-rule", message)
