"""How one rule set differs from another, by the ids of the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.rules import Ruleset


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """Ids of rules, in the order in which they stand."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    is_reordered: bool = False
    """Whether rules that both sets have stand in another order, which is their precedence."""


def between(old: Ruleset, new: Ruleset) -> Changes:
    """What a reader of both would see."""
    before = {rule.id: rule for rule in old.rules}
    after = {rule.id: rule for rule in new.rules}
    return Changes(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(name for name, rule in after.items() if name in before and before[name] != rule),
        is_reordered=[name for name in before if name in after] != [name for name in after if name in before],
    )
