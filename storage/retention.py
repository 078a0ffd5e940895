"""Deletes what is over and done, in batches that are small enough for a transaction of daily work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from storage.outbox_statements import DISCARDED, DONE
from storage.schema import outbox, rule_hits

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class Retention:
    """What may go, as one transaction sees it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def forget_done(self, *, before: datetime, after_id: int, limit: int) -> int | None:
        """Delete outbox entries that were done or discarded before a time, among the next `limit` behind an id.

        Walks by the id: an index of the done ones would cost every effect a page to write. Answers the id to go on
        behind; None when it has come to entries that were written since `before`.
        """
        looked_at = (
            select(outbox.c.id, outbox.c.state, outbox.c.created_at, outbox.c.done_at)
            .where(outbox.c.id > after_id)
            .order_by(outbox.c.id)
            .limit(limit)
        )
        rows = list(await self._connection.execute(looked_at))
        old = [row for row in rows if row.created_at < before]
        gone = [
            row.id for row in old if row.state in {DONE, DISCARDED} and row.done_at and row.done_at < before
        ]
        await self._connection.execute(delete(outbox).where(outbox.c.id.in_(gone)))
        return old[-1].id if old and len(old) == len(rows) else None

    async def forget_rule_hits(self, *, before: datetime, limit: int) -> bool:
        """Delete up to `limit` hits of each rule from before a time; answers whether there may be more."""
        is_more = False
        rule = await self._next_rule("")
        while rule is not None:
            is_more = await self._forget_hits_of(rule, before, limit) == limit or is_more
            rule = await self._next_rule(rule)
        return is_more

    async def _next_rule(self, after: str) -> str | None:
        rule: str | None = await self._connection.scalar(
            select(func.min(rule_hits.c.rule)).where(rule_hits.c.rule > after)
        )
        return rule

    async def _forget_hits_of(self, rule: str, before: datetime, limit: int) -> int:
        until = (
            select(rule_hits.c.at)
            .where(rule_hits.c.rule == rule, rule_hits.c.at < before)
            .order_by(rule_hits.c.at)
            .limit(limit)
        ).subquery()
        last = await self._connection.scalar(select(func.max(until.c.at)))
        if last is None:
            return 0
        deleted = await self._connection.execute(
            delete(rule_hits).where(rule_hits.c.rule == rule, rule_hits.c.at <= last)
        )
        return deleted.rowcount
