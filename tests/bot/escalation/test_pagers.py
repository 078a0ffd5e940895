"""Calls through a pager: in order, once, and none after somebody has taken it."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from tests.bot.escalation.switchboard import KEY
from tests.desk import KIM
from tests.pagers import CALLING, CLOSED, LOST, TAKEN

if TYPE_CHECKING:
    from tests.bot.escalation.switchboard import Switchboard

LATER = timedelta(hours=2)
CALL, TOOK, ENDED = ("trigger", KEY), ("acknowledge", KEY), ("resolve", KEY)


def error(status: int) -> web.Response:
    return web.Response(status=status)


async def test_a_call_names_ticket_queue_subject_and_trace_and_nothing_else_of_the_customer(
    board: Switchboard,
) -> None:
    await board.tell("trigger")
    await board.work()
    (event,) = board.server.opened
    payload, (link,) = event["payload"], event["links"]
    subject = "Is the shop down? " + "x" * 101 + "…"
    assert payload["custom_details"] == {"ticket": "DB-1001", "queue": "Billing", "subject": subject}
    assert payload["summary"] == f"DB-1001 Billing: {subject}"
    assert (payload["severity"], payload["source"]) == ("critical", "acme.example")
    assert link["href"].startswith("http://127.0.0.1/traces/trace-1?")
    assert "maria" not in str(event).lower()
    assert await board.steps() == ["paged taken"]


async def test_a_call_is_taken_and_then_closed(board: Switchboard) -> None:
    await board.tell("trigger")
    await board.work()
    await board.acknowledge()
    await board.work()
    assert board.server.alerts == {KEY: TAKEN}
    await board.tell("resolve")
    await board.work()
    assert board.server.alerts == {KEY: CLOSED}
    assert await board.steps() == ["paged taken", "pager_acknowledged", "pager_resolved"]


async def test_whatever_is_written_twice_goes_out_once(board: Switchboard) -> None:
    for verb, values in (("trigger", {}), ("acknowledge", {"by": KIM}), ("resolve", {})):
        await board.tell(verb, **values)
        await board.tell(verb, **values)
    await board.work()
    assert board.server.told == [CALL, TOOK, ENDED]


async def test_a_further_round_calls_again_under_the_same_key(board: Switchboard) -> None:
    await board.tell("trigger")
    await board.tell("trigger", number=2)
    await board.work()
    assert board.server.told == [CALL, CALL]
    assert len(board.server.opened) == 1


async def test_nobody_is_called_once_somebody_has_acknowledged(board: Switchboard) -> None:
    await board.tell("trigger")
    await board.acknowledge()
    await board.work()
    assert board.server.told == []
    assert await board.steps() == ["page_skipped"]


async def test_nobody_is_called_about_a_resolved_ticket(board: Switchboard) -> None:
    await board.tell("trigger")
    await board.resolve_ticket()
    await board.work()
    assert board.server.told == []


async def test_what_was_never_called_is_not_taken_back(board: Switchboard) -> None:
    await board.acknowledge()
    await board.tell("resolve")
    await board.work()
    assert board.server.told == []


async def test_a_call_that_failed_is_not_made_again_after_an_acknowledgement(board: Switchboard) -> None:
    """It may have arrived all the same, so it is taken back; and at once, not when its retry would be due."""
    board.server.troubles = [LOST]
    await board.tell("trigger")
    await board.work()
    assert board.server.alerts == {KEY: CALLING}
    await board.acknowledge()
    await board.work()
    assert board.server.told == [CALL, TOOK]
    assert board.server.alerts == {KEY: TAKEN}


async def test_a_call_that_arrived_unseen_is_one_alert(board: Switchboard) -> None:
    board.server.troubles = [LOST]
    await board.tell("trigger")
    await board.work()
    await board.later(LATER)
    assert board.server.told == [CALL, CALL]
    assert len(board.server.opened) == 1
    assert await board.steps() == ["paged unknown", "paged taken"]


async def test_a_pager_that_fails_three_times_is_told_to_the_operators_before_it_is_given_up(
    board: Switchboard,
) -> None:
    board.server.troubles = [error(500), error(500), error(500), error(500)]
    await board.tell("trigger")
    await board.work()
    await board.later(LATER)
    assert board.notices() == []
    await board.later(LATER)
    await board.later(LATER)
    (notice,) = board.notices()
    assert "DB-1001: pager:pd does not take the page (127.0.0.1 answered 500)" in notice
    await board.later(LATER)
    assert board.server.alerts == {KEY: CALLING}


@pytest.mark.parametrize(("pause", "notices"), [("5", 0), ("300", 1)])
async def test_a_pager_that_wants_to_be_left_alone_for_long_is_told_to_the_operators(
    board: Switchboard, pause: str, notices: int
) -> None:
    board.server.troubles = [web.Response(status=429, headers={"Retry-After": pause})]
    await board.tell("trigger")
    await board.work()
    assert len(board.notices()) == notices
    assert await board.steps() == [], "it has not taken the call, that is certain"
    await board.later(LATER)
    assert board.server.alerts == {KEY: CALLING}


async def test_a_call_that_is_refused_for_good_is_told_to_the_operators_at_once(board: Switchboard) -> None:
    board.server.troubles = [error(400)]
    await board.tell("trigger")
    await board.work()
    (notice,) = board.notices()
    assert "Could not deliver pager.trigger to pager:pd: DB-1001: 127.0.0.1 answered 400" in notice
    assert "DESKBELL_PAGER_SECRETS__PD" in notice


async def test_the_call_of_a_pager_that_is_gone_from_the_configuration_is_given_up(
    board: Switchboard,
) -> None:
    await board.tell("trigger", pager="gone")
    await board.work()
    (notice,) = board.notices()
    assert "support.yaml has no pager 'gone'" in notice


async def test_a_call_is_taken_back_though_slack_is_down(board: Switchboard) -> None:
    """Slack would say what the person is called."""
    board.sandbox.fail_next("users.info", error="fatal_error")
    await board.tell("trigger")
    await board.work()
    await board.acknowledge()
    await board.work()
    assert board.server.alerts == {KEY: TAKEN}


async def test_a_call_whose_worker_was_lost_is_taken_back(board: Switchboard) -> None:
    """It went out, but nobody lived to write that down."""
    await board.tell("trigger")
    await board.lose_a_worker()
    assert board.server.alerts == {KEY: CALLING}
    await board.acknowledge()
    await board.later(LATER)
    assert board.server.told == [CALL, TOOK]
    assert await board.steps() == ["page_skipped", "paged unknown", "pager_acknowledged"]


@pytest.mark.parametrize("attempts", [0, 1, 2, 3])
@pytest.mark.parametrize("fates", [*itertools.product(("", LOST, "500"), repeat=2)], ids="-".join)
async def test_whenever_somebody_acknowledges_the_calling_ends_and_never_begins_again(
    board: Switchboard, fates: tuple[str, ...], attempts: int
) -> None:
    """Whatever became of the attempts before."""
    board.server.troubles = [error(500) if fate == "500" else fate for fate in fates]
    await board.tell("trigger")
    for _ in range(attempts):
        await board.later(LATER)
    calls = board.server.told.count(CALL)
    await board.acknowledge()
    board.server.troubles.clear()
    await board.work()
    await board.later(LATER)
    assert board.server.told.count(CALL) == calls
    assert board.server.alerts.get(KEY) in ({TAKEN} if calls else {None})
    assert len(board.server.opened) <= 1
