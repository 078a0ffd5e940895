"""What use cases and listeners receive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.active import Active
    from bot.clock import Clock
    from bot.config import SupportConfig
    from bot.directory import Directory
    from bot.integrations.interfaces import DutyCalendars, FileFetcher, MailSender, Pager, Scanner, Workspace
    from bot.telemetry import Metrics
    from bot.trace_links import TraceLinks
    from routing.reply_tokens import ReplyTokens
    from routing.ticket import Ticket
    from storage.blobs import BlobStore
    from storage.unit_of_work import Storage


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """Built once, in `bot.app`."""

    active: Active
    config_file: Path
    """Where the desk is described, for a reload."""
    storage: Storage
    workspace: Workspace
    mail_sender: MailSender
    pagers: Mapping[str, Pager]
    """By their names in support.yaml."""
    blobs: BlobStore
    file_fetcher: FileFetcher
    scanner: Scanner | None
    """None where no virus scanner is configured."""
    directory: Directory | None
    """None where the team gives no records of its customers."""
    duty_calendars: DutyCalendars
    trace_links: TraceLinks
    reply_tokens: ReplyTokens
    metrics: Metrics
    clock: Clock

    @property
    def config(self) -> SupportConfig:
        """The desk as it is configured now."""
        return self.active.config

    def reference(self, ticket_id: int) -> str:
        """How people name a ticket: `DB-1042`."""
        return f"{self.config.desk.ticket_prefix}-{ticket_id}"

    def card_channel(self, ticket: Ticket) -> str:
        """Where the card of a ticket stands, or will stand once it is posted."""
        return ticket.card_channel or self.config.queue(ticket.queue).channel
