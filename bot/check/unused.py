"""What a configuration describes and no rule of it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.check import marking
from routing.conditions import AllOf, AnyOf, Not
from routing.entities import BUILT_IN
from routing.structured_facts import EntityFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import SupportConfig
    from bot.yaml_file import Document, Problem
    from routing.conditions import Condition


def queues(config: SupportConfig, document: Document) -> Iterator[Problem]:
    """Yield each queue that gets a mail only when a person sends it there."""
    used = {config.desk.triage_queue}
    used.update(rule.then.queue for rule in config.rules if rule.then.queue)
    used.update(source.default_queue for source in config.sources.values() if source.default_queue)
    for queue in config.queues:
        if queue not in used:
            message = "no rule and no source sends a mail to this queue"
            yield marking.warning(document, ("queues", queue), "unused-queue", message)


def entities(config: SupportConfig, document: Document) -> Iterator[Problem]:
    """Yield each of the desk's own entities that no rule asks for; a further way to write a built-in one is none."""
    used = {extractor.id for extractor in BUILT_IN}
    for rule in config.rules:
        used.update(_kinds(rule.when))
    for place, extractor in enumerate(config.entities):
        if extractor.id not in used:
            message = "no rule asks for this entity; the card shows it, and that is all"
            yield marking.warning(document, ("entities", place, "id"), "unused-entity", message)


def _kinds(condition: Condition) -> Iterator[str]:
    match condition:
        case EntityFound():
            yield condition.entity.kind
        case AnyOf() | AllOf():
            for part in condition.conditions:
                yield from _kinds(part)
        case Not():
            yield from _kinds(condition.condition)
