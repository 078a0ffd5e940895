"""The rules that a lead tries out: one draft each, kept until the next one takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import rule_drafts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class RuleDrafts:
    """The drafts as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, agent_id: str) -> str | None:
        """What this person has tried last, as YAML."""
        content: str | None = await self._connection.scalar(
            select(rule_drafts.c.content).where(rule_drafts.c.agent_id == agent_id)
        )
        return content

    async def keep(self, agent_id: str, content: str, *, now: datetime) -> None:
        """Put it in the place of the earlier one."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        values = {"content": content, "updated_at": now}
        await self._connection.execute(
            dialect.insert(rule_drafts)
            .values(agent_id=agent_id, **values)
            .on_conflict_do_update(index_elements=["agent_id"], set_=values)
        )
