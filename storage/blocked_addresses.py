"""Addresses that get no mail: dead ones for a while, suppressed ones until somebody removes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import blocked_addresses

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockedAddress:
    """One address and why it gets no mail."""

    address: str
    reason: str
    blocked_at: datetime
    expires_at: datetime | None
    """None until somebody removes it."""


class BlockedAddresses:
    """The blocked addresses as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def block(
        self, address: str, *, reason: str, now: datetime, expires_at: datetime | None = None
    ) -> None:
        """Block an address; a newer reason and end take the place of older ones."""
        values = {"reason": reason, "blocked_at": now, "expires_at": expires_at}
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        await self._connection.execute(
            dialect.insert(blocked_addresses)
            .values(address=address, **values)
            .on_conflict_do_update(index_elements=["address"], set_=values)
        )

    async def get(self, address: str, now: datetime) -> BlockedAddress | None:
        """The block that holds for this address now."""
        found = await self._select(blocked_addresses.c.address == address, now, limit=1)
        return found[0] if found else None

    async def newest(self, now: datetime, *, limit: int) -> list[BlockedAddress]:
        """The blocks that hold now, the newest first."""
        return await self._select(blocked_addresses.c.address.is_not(None), now, limit=limit)

    async def unblock(self, address: str) -> bool:
        """Remove a block; False when there was none."""
        result = await self._connection.execute(
            delete(blocked_addresses).where(blocked_addresses.c.address == address)
        )
        return result.rowcount == 1

    async def _select(
        self, condition: ColumnElement[bool], now: datetime, *, limit: int
    ) -> list[BlockedAddress]:
        expires_at = blocked_addresses.c.expires_at
        rows = await self._connection.execute(
            select(blocked_addresses)
            .where(condition, or_(expires_at.is_(None), expires_at > now))
            .order_by(blocked_addresses.c.blocked_at.desc())
            .limit(limit)
        )
        return [
            BlockedAddress(
                address=row.address,
                reason=row.reason,
                blocked_at=row.blocked_at,
                expires_at=row.expires_at,
            )
            for row in rows
        ]
