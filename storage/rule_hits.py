"""Which rules had an effect on which mail, and when: one row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import rule_hits

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class RuleHits:
    """The hits as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, rules: Collection[str], *, trace_id: str, now: datetime) -> None:
        """Write down which rules (ids) applied to the mail of a trace."""
        if not rules:
            return
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        rows = [{"rule": rule, "at": now, "trace_id": trace_id} for rule in dict.fromkeys(rules)]
        await self._connection.execute(dialect.insert(rule_hits).on_conflict_do_nothing(), rows)

    async def counts_since(self, rules: Collection[str], since: datetime) -> dict[str, int]:
        """How many mails each of the rules has had since then; without those that had none."""
        rows = await self._connection.execute(
            select(rule_hits.c.rule, func.count())
            .where(rule_hits.c.rule.in_(rules), rule_hits.c.at >= since)
            .group_by(rule_hits.c.rule)
        )
        return dict(rows.all())
