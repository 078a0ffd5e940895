"""Everything that can be asked of a configuration, asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import config as config_module
from bot import yaml_file
from bot.check import examples, unreachable, unused
from bot.check import history as history_module
from bot.check.report import Report
from routing.trials import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.check.history import History
    from bot.config import SupportConfig
    from bot.yaml_file import Document, Problem


def examine(path: Path, *, history: History | None = None, is_strict: bool = False) -> Report:
    """Read a file, run its tests and look for what is of no use in it.

    Args:
        path: the file.
        history: None to ask nothing of the stored mails.
        is_strict: whether a warning is as bad as an error.
    """
    try:
        document = yaml_file.read(path)
        config = config_module.of(document)
    except config_module.ConfigError as error:
        return Report(file=str(path), problems=error.problems, config=None, is_strict=is_strict)
    problems = sorted(
        _problems(config, document, history), key=lambda problem: (problem.line, problem.column)
    )
    return Report(file=str(path), problems=tuple(problems), config=config, is_strict=is_strict)


def _problems(config: SupportConfig, document: Document, history: History | None) -> Iterator[Problem]:
    bench = Bench(ruleset=config.ruleset(), tier_of=config.tier_of)
    yield from examples.failing(config, document, bench)
    yield from examples.missing(config, document)
    yield from unreachable.rules(config, document, bench)
    yield from unused.queues(config, document)
    yield from unused.entities(config, document)
    if history:
        yield from history_module.unneeded(config, document, history)
