"""Which rules can hold for a mail at all: one pass per text, however many rules there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.pattern_set import PatternSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from routing.evidence import Evidence
    from routing.facts import Probe
    from routing.rules import Rule
    from routing.text_pattern import TextPattern


class RuleIndex:
    """The rules of a rule set by what their conditions need to find."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._always: list[int] = []
        """Rules that may hold by what is not there, or by what is no text."""
        probes: dict[str, dict[str, tuple[TextPattern, list[int]]]] = {}
        for position, rule in enumerate(rules):
            needed = rule.when.probes()
            if needed is None:
                self._always.append(position)
            else:
                _file(probes, needed, position)
        self._channels = {channel: _Channel(found.values()) for channel, found in probes.items()}

    def candidates(self, evidence: Evidence) -> list[int]:
        """Positions of the rules that are worth a look, in their order; all others do not hold."""
        found = set(self._always)
        for name, channel in self._channels.items():
            for _, text in evidence.texts(name):
                for place in channel.patterns.occurring(text):
                    found.update(channel.rules[place])
        return sorted(found)


class _Channel:
    """The patterns that are looked for in the texts of one kind, each once."""

    def __init__(self, entries: Iterable[tuple[TextPattern, list[int]]]) -> None:
        patterns, rules = zip(*entries, strict=True)
        self.patterns = PatternSet(patterns)
        self.rules: tuple[list[int], ...] = rules
        """Positions of the rules that ask for a pattern, by the pattern's place."""


def _file(
    probes: dict[str, dict[str, tuple[TextPattern, list[int]]]], needed: Iterable[Probe], position: int
) -> None:
    for channel, comparison in needed:
        pattern = comparison.pattern
        _, rules = probes.setdefault(channel, {}).setdefault(pattern.forms.marked, (pattern, []))
        rules.append(position)
