"""What the rules that decide now did in the last days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from blocks.rules_overview import Overview, RuleUse

if TYPE_CHECKING:
    from bot.services import Services

_DAYS = 7


async def look(services: Services) -> Overview:
    """Hits and misrouted tickets of each rule."""
    config = services.config
    since = services.clock() - timedelta(days=_DAYS)
    async with services.storage.reading() as uow:
        hits = await uow.rule_hits.counts_since([rule.id for rule in config.rules], since)
        misrouted = await uow.routing_labels.misrouted_since(since, triage_queue=config.desk.triage_queue)
        decided = await uow.emails.decided_since(since)
    rules = (
        RuleUse(
            id=rule.id,
            owner=rule.owner,
            queue_name=config.queue(rule.then.queue).name if rule.then.queue else None,
            hits=hits.get(rule.id, 0),
            misrouted=misrouted.get(rule.id, 0),
        )
        for rule in config.rules
    )
    return Overview(
        ruleset=config.ruleset().content_hash,
        days=_DAYS,
        rules=tuple(rules),
        decided=decided,
        misrouted=sum(misrouted.values()),
    )
