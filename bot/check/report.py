"""What a check has found, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.config import SupportConfig
    from bot.yaml_file import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The problems of one file, in its order."""

    file: str
    problems: tuple[Problem, ...]
    config: SupportConfig | None
    """None where the file cannot be used."""
    is_strict: bool = False
    """Whether warnings count as errors."""

    @property
    def is_ok(self) -> bool:
        return not self.problems if self.is_strict else not self._count("error")

    def summary(self) -> str:
        """One line: what is wrong, or what there is."""
        found = ", ".join(
            f"{count} {severity}{'' if count == 1 else 's'}"
            for severity in ("error", "warning")
            if (count := self._count(severity))
        )
        if not self.is_ok or self.config is None:
            return f"{self.file}: {found}"
        counts = ", ".join(f"{count} {noun}" for noun, count in self._counts(self.config).items())
        ruleset = self.config.ruleset().content_hash[:12]
        return f"{self.file}: ok{f' with {found}' if found else ''}. {counts}, rule set {ruleset}"

    def as_json(self) -> dict[str, Any]:
        """The same for a program; `ruleset` is null where the file cannot be used."""
        return {
            "ok": self.is_ok,
            "problems": [asdict(problem) for problem in self.problems],
            "ruleset": self.config.ruleset().content_hash if self.config else None,
            "counts": {
                "errors": self._count("error"),
                "warnings": self._count("warning"),
                **(self._counts(self.config) if self.config else {}),
            },
        }

    def _count(self, severity: str) -> int:
        return sum(problem.severity == severity for problem in self.problems)

    @staticmethod
    def _counts(config: SupportConfig) -> dict[str, int]:
        return {
            "queues": len(config.queues),
            "rules": len(config.rules),
            "tests": len(config.tests) + sum(len(rule.tests) for rule in config.rules),
            "sources": len(config.sources),
        }
