"""No escalation is forgotten: what should have happened and has not is found, told by two ways, counted and mended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.escalation import entries
from bot.escalation.auditor import Auditor
from bot.integrations.http_heartbeat import HttpHeartbeat
from routing import escalation as machine
from routing.escalation import Escalation, EscalationState
from tests.bot.escalation import switchboard
from tests.bot.escalation.switchboard import TRACE
from tests.desk import KIM
from tests.storage.samples import received

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.bot.escalation.switchboard import Switchboard

MINUTE = timedelta(minutes=1)
LAST_RESORT = "oncall@acme.example"


class Watchdog:
    """Counts how often it hears of us."""

    def __init__(self) -> None:
        self.heard = 0

    async def beat(self) -> None:
        self.heard += 1

    async def close(self) -> None:
        pass


@pytest.fixture
async def board(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Switchboard]:
    async with switchboard.staffed(sandbox, tmp_path, subject="Is the shop down?") as board:
        await board.services.storage.start()
        await board.services.storage.email_writer.remember(received(TRACE))
        active = board.services.active
        desk = active.config.desk.model_copy(update={"last_resort": (LAST_RESORT,)})
        active.config = active.config.model_copy(update={"desk": desk})
        yield board
        await board.services.storage.email_writer.close()


async def armed(board: Switchboard) -> None:
    """The timer of the first step, as whoever starts an escalation sets it."""
    async with board.services.storage.unit_of_work() as uow:
        await entries.timer(uow, board.escalation, trace_id=TRACE, now=board.now)
        await uow.commit()


async def changed(board: Switchboard, after: Escalation) -> None:
    async with board.services.storage.unit_of_work() as uow:
        assert await uow.escalations.change(board.escalation, after)
        await uow.commit()


def counted(board: Switchboard, what: str) -> float:
    return board.services.metrics.escalations_missed.labels(what)._value.get()  # noqa: SLF001 - has no other reader


async def test_where_all_is_well_a_watchdog_hears_of_it(board: Switchboard) -> None:
    await armed(board)
    watchdog = Watchdog()
    assert await Auditor(board.services, watchdog).look() == 0
    await board.work()
    assert await Auditor(board.services, watchdog).look() == 0
    assert watchdog.heard == 2
    assert board.notices() == []


async def test_an_escalation_that_has_lost_its_timer_is_told_of_and_goes_on(board: Switchboard) -> None:
    watchdog = Watchdog()
    assert await Auditor(board.services, watchdog).look() == 1
    assert watchdog.heard == 0
    await board.work()
    (notice,) = board.notices()
    assert "should go on at 09:00 UTC, and does not (no_timer)" in notice
    assert [mail["to"] for mail in board.sandbox.mailbox.inbox()] == [LAST_RESORT]
    assert counted(board, "no_timer") == 1
    assert len(board.sandbox.slack.workspace.messages("D0ONCALL")) == 1, "its first step has run"
    assert await Auditor(board.services, watchdog).look() == 0


async def test_what_goes_on_while_it_is_looked_at_was_never_amiss(board: Switchboard) -> None:
    """Its timer fires between the look at it and the alarm."""
    auditor = Auditor(board.services)
    last, findings = await auditor.find()
    assert (last, len(findings.stuck)) == (None, 1)
    await armed(board)
    await board.work()
    assert await auditor.mend(findings) == 0
    assert (board.notices(), counted(board, "no_timer")) == ([], 0)


async def test_a_step_that_is_overdue_is_told_of_once(board: Switchboard) -> None:
    """The worker is stuck: its timer is there, and nobody takes it."""
    await armed(board)
    board.now += 2 * MINUTE
    auditor = Auditor(board.services)
    assert await auditor.look() == 0
    board.now += MINUTE
    assert (await auditor.look(), await auditor.look()) == (1, 1)
    assert counted(board, "overdue") == 1
    await board.work()
    assert len(board.notices()) == 1


@pytest.mark.parametrize(
    ("state", "findings"),
    [
        (EscalationState.RUNNING, 1),
        (EscalationState.SNOOZED, 1),
        (EscalationState.ACKNOWLEDGED, 0),
        (EscalationState.EXHAUSTED, 0),
        (EscalationState.ENDED, 0),
    ],
)
async def test_without_a_next_step_there_must_be_a_reason(
    board: Switchboard, state: EscalationState, findings: int
) -> None:
    fields = {name: getattr(board.escalation, name) for name in Escalation.__slots__}
    await changed(board, Escalation(**fields | {"state": state, "generation": 2, "next_at": None}))
    assert await Auditor(board.services).look() == findings
    assert counted(board, "no_step") == findings


async def test_a_call_that_slack_does_not_take_is_told_of_by_mail(board: Switchboard) -> None:
    await armed(board)
    for _ in range(50):
        board.sandbox.fail_next("chat.postMessage", status=503)
    await board.work()
    auditor = Auditor(board.services)
    assert await auditor.look() == 0
    board.now += 3 * MINUTE
    assert await auditor.look() > 0
    assert counted(board, "undelivered") > 0
    await board.work()
    assert [mail["to"] for mail in board.sandbox.mailbox.inbox()] == [LAST_RESORT]


async def test_a_call_that_waits_is_no_matter_once_somebody_has_taken_it(board: Switchboard) -> None:
    await armed(board)
    for _ in range(50):
        board.sandbox.fail_next("chat.postMessage", status=503)
    await board.work()
    async with board.services.storage.unit_of_work() as uow:
        before = await uow.escalations.get(board.escalation.id)
        after = machine.acknowledged(before, by=KIM, now=board.now)
        assert await uow.escalations.change(before, after)
        await entries.timer(uow, after, trace_id=TRACE, now=board.now)
        await uow.commit()
    board.now += 3 * MINUTE
    assert await Auditor(board.services).look() == 0


async def test_a_watchdog_is_asked_at_its_address_and_its_own_trouble_is_nobody_elses() -> None:
    paths: list[str] = []

    async def asked(request: web.Request) -> web.Response:
        paths.append(request.path)
        return web.Response(status=500 if len(paths) > 1 else 200)

    app = web.Application()
    app.router.add_get("/{tail:.*}", asked)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    heartbeat = HttpHeartbeat(SecretStr(f"http://127.0.0.1:{runner.addresses[0][1]}/ping/abc"))
    await heartbeat.beat()
    await heartbeat.beat()
    await runner.cleanup()
    await heartbeat.beat()
    await heartbeat.close()
    assert paths == ["/ping/abc", "/ping/abc"]
