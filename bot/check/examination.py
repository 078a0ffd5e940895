"""Everything that can be asked of a configuration, asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot import config as config_module
from bot import yaml_file
from bot.check import absent, chains, examples, gaps, unreachable, unused
from bot.check import history as history_module
from bot.check.report import Report
from bot.clock import utc_now
from bot.simulation.rotas import Rotas
from routing.trials import Bench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from bot.check.history import History
    from bot.config import SupportConfig
    from bot.slack_people import SlackPeople
    from bot.yaml_file import Document, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """What is asked beside the file; nothing, if it is left out."""

    now: datetime = field(default_factory=utc_now)
    history: History | None = None
    """The stored mails."""
    rotas_of: Callable[[SupportConfig], Rotas] = Rotas.written
    """Schedules with what people have changed in them, from `now` on."""
    people_of: Callable[[SupportConfig], SlackPeople] | None = None
    """Those whom the file names, as Slack knows them."""


def examine(path: Path, outside: Outside | None = None, *, is_strict: bool = False) -> Report:
    """Read a file, run its tests, walk its escalation policies, and look for what is of no use in it.

    Args:
        path: the file.
        outside: what else to ask.
        is_strict: whether a warning is as bad as an error.
    """
    try:
        document = yaml_file.read(path)
        config = config_module.of(document)
    except config_module.ConfigError as error:
        return Report(file=str(path), problems=error.problems, config=None, is_strict=is_strict)
    problems = sorted(
        _problems(config, document, outside or Outside()), key=lambda problem: (problem.line, problem.column)
    )
    return Report(file=str(path), problems=tuple(problems), config=config, is_strict=is_strict)


def _problems(config: SupportConfig, document: Document, outside: Outside) -> Iterator[Problem]:
    bench = Bench(ruleset=config.ruleset(), tier_of=config.tier_of)
    yield from examples.failing(config, document, bench)
    yield from examples.missing(config, document)
    yield from unreachable.rules(config, document, bench)
    yield from unused.queues(config, document)
    yield from unused.entities(config, document)
    yield from chains.policies(config, document)
    yield from chains.pagers(config, document)
    yield from gaps.found(config, document, outside.rotas_of(config), now=outside.now)
    if outside.history:
        yield from history_module.unneeded(config, document, outside.history)
    if outside.people_of:
        yield from absent.people(config, document, outside.people_of(config))
