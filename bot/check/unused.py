"""What a configuration describes and no rule of it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.check import marking
from routing.entities import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import SupportConfig
    from bot.yaml_file import Document, Problem


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
    used.update(channel.removeprefix("entity:") for channel in config.ruleset().channels)
    for place, extractor in enumerate(config.entities):
        if extractor.id not in used:
            message = "no rule asks for this entity; the card shows it, and that is all"
            yield marking.warning(document, ("entities", place, "id"), "unused-entity", message)
