"""Rules that rules above leave nothing to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.check import marking
from routing import shadowing, trials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import SupportConfig
    from bot.yaml_file import Document, Problem
    from routing.trials import Bench


def rules(config: SupportConfig, document: Document, bench: Bench) -> Iterator[Problem]:
    """Yield each rule that can take no mail, and each that takes none of those that it was written for."""
    for place, rule in enumerate(config.rules):
        loc = ("rules", place, "id")
        if names := shadowing.takers(rule.when, config.rules[:place]):
            message = (
                f"this rule is never reached: every mail that it matches is taken above by {_listed(names)}"
            )
            yield marking.error(document, loc, "shadowed-rule", message)
        elif rule.stop and (names := trials.takers(rule, bench)):
            message = f"every mail that its tests say it matches is decided by {_listed(names)}"
            yield marking.warning(document, loc, "overtaken-rule", message)


def _listed(names: list[str]) -> str:
    noun = "the rule" if len(names) == 1 else "the rules"
    return f"{noun} {' and '.join(names)}"
