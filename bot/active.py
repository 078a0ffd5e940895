"""What decides right now, replaced as a whole when the rules are loaded anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.config import SupportConfig


@dataclass(kw_only=True, slots=True)
class Active:
    """Read once at the start of a piece of work, so that it sees one state; a reload swaps it between two."""

    config: SupportConfig
