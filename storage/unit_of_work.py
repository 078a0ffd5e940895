"""One transaction over all repositories: rolled back unless committed."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

from storage.attachments import Attachments
from storage.audit import AuditTrail
from storage.blocked_addresses import BlockedAddresses
from storage.cursors import Cursors
from storage.duty_copies import AnnouncedShifts, DutyCopies
from storage.emails import Emails
from storage.engine import Database
from storage.escalation_audit import EscalationAudit
from storage.escalation_steps import EscalationSteps
from storage.escalations import Escalations
from storage.incident_mails import IncidentMails
from storage.incident_tickets import IncidentTickets
from storage.incidents import Incidents
from storage.message_ids import MessageIds
from storage.messages import Messages
from storage.outbound_mails import OutboundMails
from storage.outbox import Outbox
from storage.overrides import Overrides
from storage.pages import Pages
from storage.postgres_writer import PostgresEmailWriter
from storage.relations import Relations
from storage.replay_mails import ReplayMails
from storage.replays import Replays
from storage.retention import Retention
from storage.routing_labels import RoutingLabels
from storage.rule_drafts import RuleDrafts
from storage.rule_hits import RuleHits
from storage.rulesets import Rulesets
from storage.sla_clocks import SlaClocks
from storage.slack_events import SlackEvents
from storage.sqlite_writer import SqliteEmailWriter
from storage.swaps import Swaps
from storage.tickets import Tickets
from storage.turns import Turns
from storage.wakeup import Wakeup

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.received import EmailWriter


_WAIT = text("SELECT pg_advisory_xact_lock(:kind, hashtext(:name))")
_KIND = 0x64736B62
"""Any constant of our own."""


class UnitOfWork:
    """The repositories of one transaction."""

    def __init__(self, connection: AsyncConnection, wakeup: Wakeup) -> None:
        self._connection = connection
        self._wakeup = wakeup
        self.emails = Emails(connection)
        self.attachments = Attachments(connection)
        self.tickets = Tickets(connection)
        self.relations = Relations(connection)
        self.messages = Messages(connection)
        self.message_ids = MessageIds(connection)
        self.escalations = Escalations(connection)
        self.escalation_audit = EscalationAudit(connection)
        self.audit = AuditTrail(connection)
        self.outbox = Outbox(connection)
        self.outbound_mails = OutboundMails(connection)
        self.blocked_addresses = BlockedAddresses(connection)
        self.slack_events = SlackEvents(connection)
        self.cursors = Cursors(connection)
        self.rulesets = Rulesets(connection)
        self.rule_hits = RuleHits(connection)
        self.routing_labels = RoutingLabels(connection)
        self.replay_mails = ReplayMails(connection)
        self.replays = Replays(connection)
        self.rule_drafts = RuleDrafts(connection)
        self.retention = Retention(connection)
        self.escalation_steps = EscalationSteps(connection)
        self.pages = Pages(connection)
        self.turns = Turns(connection)
        self.overrides = Overrides(connection)
        self.swaps = Swaps(connection)
        self.duty_copies = DutyCopies(connection)
        self.announced_shifts = AnnouncedShifts(connection)
        self.sla_clocks = SlaClocks(connection)
        self.incidents = Incidents(connection)
        self.incident_tickets = IncidentTickets(connection)
        self.incident_mails = IncidentMails(connection)

    async def one_at_a_time(self, name: str) -> None:
        """Wait until no other transaction, of whichever process, is under this name; the end of ours lets the next go.

        On SQLite there is only one that writes anyway.
        """
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_WAIT, {"kind": _KIND, "name": name})

    async def commit(self) -> None:
        """Make it durable and wake the outbox worker if there is work."""
        await self._connection.commit()
        if self.outbox.was_extended:
            self._wakeup.committed(self.outbox.due_hints)


class Storage:
    """What is remembered, and the way to it."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.wakeup = Wakeup()
        writer = SqliteEmailWriter if self.database.is_sqlite else PostgresEmailWriter
        self.email_writer: EmailWriter = writer(self.database, self.wakeup)

    async def start(self) -> None:
        await self.email_writer.start()

    async def close(self) -> None:
        await self.email_writer.close()
        await self.database.close()

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that may write; rolled back unless `commit` was called.

        Raises:
            StorageUnavailableError: the database does not answer.
        """
        async with self.database.connection() as connection:
            yield UnitOfWork(connection, self.wakeup)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that only reads and waits for nobody."""
        async with self.database.connection(read_only=True) as connection:
            yield UnitOfWork(connection, self.wakeup)

    async def ping(self) -> None:
        """Raises StorageUnavailableError when the database does not answer."""
        async with self.database.connection(read_only=True) as connection:
            await connection.execute(text("SELECT 1"))
