"""What decides right now, replaced as a whole when the rules are loaded anew."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.config import SupportConfig


@dataclass(kw_only=True, slots=True)
class Active:
    """Read once at the start of a piece of work, so that it sees one state; a reload swaps it between two."""

    config: SupportConfig
    reloading: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One reload at a time: what was read last is what counts."""
    tell_others: Callable[[], Awaitable[None]] | None = None
    """Lets the other processes of this desk reload, too, where there are any."""
