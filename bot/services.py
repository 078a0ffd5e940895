"""What use cases and listeners receive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.config import SupportConfig
    from bot.integrations.interfaces import MailSender, Workspace
    from bot.telemetry import Metrics
    from bot.trace_links import TraceLinks
    from storage.unit_of_work import Storage


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """Built once, in `bot.app`."""

    config: SupportConfig
    storage: Storage
    workspace: Workspace
    mail_sender: MailSender
    trace_links: TraceLinks
    metrics: Metrics
    clock: Clock

    def reference(self, ticket_id: int) -> str:
        """How people name a ticket: `DB-1042`."""
        return f"{self.config.desk.ticket_prefix}-{ticket_id}"
