"""Every rule set that has ever decided, by its content hash: a decision can be understood for as long as it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import literal, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import rulesets

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class Rulesets:
    """The rule sets as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def remember(self, content_hash: str, content: str, *, now: datetime) -> None:
        """Keep the canonical JSON that the hash was made of; what is kept already stays as it is."""
        # Nearly always it is there, and looking costs less than an insert that does nothing.
        is_kept = select(literal(1)).where(rulesets.c.content_hash == content_hash)
        if await self._connection.scalar(is_kept):
            return
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        await self._connection.execute(
            dialect.insert(rulesets)
            .values(content_hash=content_hash, content=content, first_used_at=now)
            .on_conflict_do_nothing()
        )

    async def get(self, content_hash: str) -> str | None:
        """The canonical JSON of a rule set; None if it never decided."""
        content: str | None = await self._connection.scalar(
            select(rulesets.c.content).where(rulesets.c.content_hash == content_hash)
        )
        return content
