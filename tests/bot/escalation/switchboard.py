"""A worker whose pagers are stand-ins, on a real database, with a clock that the tests turn."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import config as config_module
from bot.app import create_services
from bot.config_pagers import PagerDuty
from bot.escalation import pagers as pagers_module
from bot.performers import performers
from bot.workers.lanes import Lanes
from bot.workers.outbox import OutboxWorker
from routing import escalation as machine
from routing.decision import Priority
from routing.escalation import Trigger
from routing.escalation_policy import STANDARD
from tests import desk as desk_module
from tests.pagers import PagerDutyServer
from tests.storage.databases import migrate
from tests.storage.samples import LEASE, NOW, open_ticket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime, timedelta
    from pathlib import Path

    from bot.sandbox import Sandbox
    from bot.services import Services
    from routing.escalation import Escalation
    from storage.outbox import OutboxEntry

TRACE = "trace-1"
PAGER = "pd"
KEY = "DB-1001/1"
_PATIENCE_SECONDS = 10


@dataclass
class Switchboard:
    """One escalation, and hands to call people about it."""

    services: Services
    server: PagerDutyServer
    sandbox: Sandbox
    escalation: Escalation
    now: datetime = NOW

    async def tell(self, verb: str, **values: Any) -> None:
        """Write one of `trigger`, `acknowledge`, `resolve` and `by_mail` of the pagers into the outbox."""
        values = {"trace_id": TRACE, "now": self.now} | values
        if verb != "by_mail":
            values.setdefault("pager", PAGER)
        async with self.services.storage.unit_of_work() as uow:
            await getattr(pagers_module, verb)(uow, self.escalation, **values)
            await uow.commit()

    async def acknowledge(self) -> None:
        """Kim takes it, and the pager is to hear of it."""
        async with self.services.storage.unit_of_work() as uow:
            before = await uow.escalations.get(self.escalation.id)
            after = machine.acknowledged(before, by=desk_module.KIM, now=self.now)
            await uow.escalations.change(before, after)
            await uow.commit()
        await self.tell("acknowledge", by=desk_module.KIM)

    async def resolve_ticket(self) -> None:
        async with self.services.storage.unit_of_work() as uow:
            await uow.tickets.resolve(self.escalation.ticket_id, agent_id=desk_module.KIM, now=self.now)
            await uow.commit()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker that runs until all that is due has been done."""
        lanes = Lanes(desk_module.AT_ONCE)
        worker = OutboxWorker(self.services, performers(self.services), lanes)
        task = asyncio.create_task(worker.run())
        try:
            yield
            await self.settle()
        finally:
            worker.stop()
            await task

    async def lose_a_worker(self) -> None:
        """A worker performs what is first in the pager's lane, and dies before it can say so."""
        async with self.services.storage.unit_of_work() as uow:
            (entry,) = await uow.outbox.claim(
                pagers_module.lane(PAGER), limit=1, worker="elsewhere:1:gone", now=self.now, lease=LEASE
            )
            await uow.commit()
        await performers(self.services)[entry.kind](entry)

    async def settle(self) -> None:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while any(self._is_to_do(entry) for entry in await self.entries()):
                await asyncio.sleep(0.005)

    def _is_to_do(self, entry: OutboxEntry) -> bool:
        return entry.state == "leased" or (entry.state == "ready" and entry.due_at <= self.now)

    async def work(self) -> None:
        """Do all that is due."""
        async with self.working():
            pass

    async def later(self, passed: timedelta) -> None:
        """Do what is due by then."""
        self.now += passed
        await self.work()

    async def entries(self) -> list[OutboxEntry]:
        async with self.services.storage.reading() as uow:
            return await uow.outbox.for_trace(TRACE)

    async def steps(self) -> list[str]:
        """What the audit trail says was done, with its outcome."""
        async with self.services.storage.reading() as uow:
            steps = await uow.audit.for_trace(TRACE)
        return [" ".join([step.action, *filter(None, [step.detail.get("outcome")])]) for step in steps]

    def notices(self) -> list[str]:
        """What the operators' channel was told."""
        return [message["text"] for message in self.sandbox.slack.workspace.messages("C0OPS")]


@asynccontextmanager
async def staffed(sandbox: Sandbox, folder: Path, *, subject: str) -> AsyncIterator[Switchboard]:
    """A switchboard with an escalation that nobody has acknowledged."""
    server = PagerDutyServer()
    async with server.running():
        settings = desk_module.settings(sandbox, folder, deskbell_pager_secrets={PAGER: server.secret})
        await migrate(settings.database_url)
        config = config_module.load(desk_module.SUPPORT_YAML)
        config = config.model_copy(update={"pagers": {PAGER: PagerDuty(kind="pagerduty", url=server.url)}})
        times: list[Switchboard] = []
        services = create_services(settings, config, clock=lambda: times[0].now if times else NOW)
        async with services.storage.unit_of_work() as uow:
            ticket = await open_ticket(uow, TRACE, subject=subject)
            escalation = await uow.escalations.start(
                ticket_id=ticket.id,
                trigger=Trigger.PRESSED,
                policy=STANDARD,
                reason="The bank calls.",
                urgency=Priority.URGENT,
                target=desk_module.KIM,
                started_by=desk_module.ANA,
                now=NOW,
            )
            await uow.commit()
        switchboard = Switchboard(services, server, sandbox, escalation)
        times.append(switchboard)
        yield switchboard
        for pager in services.pagers.values():
            await pager.close()
        await services.storage.database.close()
