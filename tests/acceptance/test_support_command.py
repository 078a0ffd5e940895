"""`/support` and the App Home: what a person asks, only this person sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from blocks.ids import Action
from bot import config
from tests import desk as desk_module
from tests.acceptance.seen import words
from tests.desk import ANA, BO, SUPPORT_YAML

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk


async def test_help_names_every_command(desk: Desk) -> None:
    for line in ("/support", "/support help"):
        answer = await desk.command(ANA, line)
        assert answer["ephemeral_to"] == ANA
        for command in ("ticket DB-1042", "replay DB-1042", "dead-letters"):
            assert f"/support {command}" in words(answer)


@pytest.mark.parametrize("number", ["DB-1001", "db-1001", "1001"])
async def test_a_ticket_is_shown_privately_and_its_buttons_work(desk: Desk, number: str) -> None:
    await desk.deliver()
    await desk.settle()
    private = await desk.command(ANA, f"/support ticket {number}")
    assert private["ephemeral_to"] == ANA
    assert private["text"] == desk.card("DB-1001")["text"]
    await desk.press(ANA, private, Action.CLAIM)
    assert "Claimed by <@U0ANA>" in words(desk.card("DB-1001"))


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/support ticket DB-9999", "There is no such ticket."),
        ("/support ticket", "Which ticket? Write its number, for example `DB-1042`."),
        ("/support replay XX-1", "Which ticket? Write its number, for example `DB-1042`."),
        ("/support <!channel>", "`/support &lt;!channel&gt;` is unknown. `/support` shows what there is."),
        ("/support dead-letters", "No dead letters: everything was delivered."),
    ],
)
async def test_what_cannot_be_answered_is_said(desk: Desk, line: str, answer: str) -> None:
    assert (await desk.command(ANA, line))["text"] == answer


async def test_a_ticket_shows_the_sums_of_its_sla_to_who_asks(desk: Desk) -> None:
    await desk.deliver(subject="Where is my parcel?", text="It is late.")
    await desk.settle()
    shown = words(await desk.command(ANA, "/support ticket DB-1001")).replace("\N{NO-BREAK SPACE}", " ")
    assert "*First response*: 8 h around the clock, used 0 s, due <!date^" in shown
    assert "*Resolution*: 120 h around the clock, used 0 s, due <!date^" in shown
    await desk.open_modal(ANA, desk.card("DB-1001"), Action.REPLY)
    await desk.submit(ANA, body="It is on its way.")
    await desk.submit(ANA)
    assert "Paused: waiting for the customer" in words(desk.card("DB-1001"))
    assert "✅ kept" in words(await desk.command(ANA, "/support ticket DB-1001"))


async def test_replay_shows_the_decision_of_then_beside_that_of_now(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path) as desk:
        await desk.deliver()
        await desk.settle()
        same = await desk.command(ANA, "/support replay DB-1001")
        assert "No change: today's rules decide the same." in words(same)
    changed = tmp_path / "support.yaml"
    changed.write_text(SUPPORT_YAML.read_text().replace("refund|chargeback|invoice", "chargeback"))
    async with desk_module.running(sandbox, tmp_path, config=config.load(changed)) as desk:
        answer = await desk.command(ANA, "/support replay DB-1001")
        assert answer["text"] == "Replay of DB-1001: Would change: queue, intent, rule."
        assert desk.card("DB-1001")["channel"] == "C0BILLING", "replaying changes nothing"


async def test_the_home_shows_what_is_mine_and_what_waits(desk: Desk) -> None:
    for number in (1, 2):
        await desk.deliver(id=f"mail-{number}", messageId=f"<{number}@customer.example>")
    await desk.settle()
    await desk.press(ANA, desk.card("DB-1001"), Action.CLAIM)
    for person, expected in (
        (ANA, "*DB-1001* Refund for invoice INV-2041"),
        (BO, "Nothing is waiting for you"),
    ):
        await desk.sandbox.events.open_home(person)
        await desk.settle()
        home = desk.sandbox.slack.modals.home(person)
        assert home is not None
        assert expected in words(home)
        assert "*Billing*  2 open · 1 unclaimed, the oldest for" in words(home)


async def test_the_home_shows_a_deadline_until_it_is_met(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    await desk.press(ANA, desk.card("DB-1001"), Action.CLAIM)
    await desk.sandbox.events.open_home(ANA)
    await desk.settle()
    assert "answer due" in words(desk.sandbox.slack.modals.home(ANA) or {})
    await desk.open_modal(ANA, desk.card("DB-1001"), Action.REPLY)
    await desk.submit(ANA, body="It is on its way.")
    await desk.submit(ANA)
    await desk.sandbox.events.open_home(ANA)
    await desk.settle()
    home = words(desk.sandbox.slack.modals.home(ANA) or {})
    assert "*DB-1001*" in home
    assert "answer due" not in home
