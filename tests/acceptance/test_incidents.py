"""Many tickets of one cause become one card; on-call is called once, and every customer is answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.acceptance import outages
from tests.acceptance.seen import cards, eventually, thread, words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk


@pytest.fixture
async def desk(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    async with outages.running(sandbox, tmp_path) as desk:
        yield desk


async def test_three_tickets_are_no_storm(desk: Desk) -> None:
    await outages.storm(desk, 1, 2, 3)
    assert outages.cards(desk) == []
    assert len(cards(desk, "DB-1003")) == 1


async def test_the_fourth_opens_an_incident_that_stands_for_it_and_for_what_follows(desk: Desk) -> None:
    await outages.storm(desk, 1, 2, 3, 4, 5, 6)
    card = await outages.card(desk)
    assert card["channel"] == outages.INCIDENTS
    assert [len(cards(desk, f"DB-{number}")) for number in range(1001, 1007)] == [1, 1, 1, 0, 0, 0]
    await eventually(lambda: "6, 6 open" in words(outages.cards(desk)[0]))
    shown = words(outages.cards(desk)[0])
    assert "number 1." in shown
    assert "number 6." in shown
    assert "standard 6" in shown


async def test_the_thread_lists_what_has_no_card(desk: Desk) -> None:
    await outages.storm(desk, 1, 2, 3, 4, 5)
    card = await outages.card(desk)
    told = await eventually(lambda: "DB-1005" in (said := _said(desk, card)) and said)
    assert told.count("DB-1004") == 1
    assert told.count("DB-1005") == 1
    assert "DB-1003" not in told


def _said(desk: Desk, card: dict[str, object]) -> str:
    return "\n".join(map(words, thread(desk, card)))


async def test_on_call_is_called_once_and_told_why(desk: Desk) -> None:
    await outages.storm(desk, 1, 2, 3, 4, 5)
    await outages.storm(desk, 6, subject="URGENT: the page says 503")
    (page,) = desk.messages("D0ONCALL")
    assert "Incident: 4 tickets about malfunction in less than a minute" in words(page)


async def test_every_customer_gets_a_ticket_number(desk: Desk) -> None:
    await outages.storm(desk, 1, 2, 3, 4, 5, 6)
    assert len({mail["to"] for mail in desk.inbox()}) == 6


async def test_a_rule_opens_an_incident_by_the_first_mail(desk: Desk) -> None:
    await outages.storm(desk, 1, subject="outage of your shop")
    card = await outages.card(desk)
    assert "INC-1 · outage of your shop" in card["text"]
    assert cards(desk, "DB-1001") == []
    await outages.storm(desk, 2, subject="outage here, too")
    await eventually(lambda: "2, 2 open" in words(outages.cards(desk)[0]))


async def test_other_mail_has_its_card_as_ever(desk: Desk) -> None:
    await outages.storm(desk, 1, 2, 3, 4)
    await outages.storm(desk, 5, subject="Refund, please", text="I was charged twice.")
    assert len(cards(desk, "DB-1005")) == 1


async def test_robots_report_no_outage(desk: Desk) -> None:
    await outages.storm(desk, 1, 2, 3, 4, 5, headers={"Auto-Submitted": "auto-generated"})
    assert outages.cards(desk) == []


async def test_a_storm_widens_what_a_rule_has_opened(desk: Desk) -> None:
    await outages.storm(desk, 1, text="503 for everybody")
    await outages.storm(desk, 2, 3, 4)
    assert [len(cards(desk, f"DB-{number}")) for number in (1002, 1003, 1004)] == [1, 1, 1]
    await outages.storm(desk, 5, 6)
    assert [len(cards(desk, f"DB-{number}")) for number in (1005, 1006)] == [0, 0]
    card = await eventually(lambda: "6, 6 open" in words(outages.cards(desk)[0]) and outages.cards(desk)[0])
    assert "where a rule takes them" not in words(card)
    assert len(desk.messages("D0ONCALL")) == 1


async def test_a_quiet_incident_takes_in_no_more(sandbox: Sandbox, tmp_path: Path) -> None:
    async with outages.running(sandbox, tmp_path, join_for=timedelta(0)) as desk:
        await outages.storm(desk, 1, subject="outage")
        await outages.storm(desk, 2, subject="outage")
        assert len(outages.cards(desk)) == 2


async def test_what_the_desk_excludes_belongs_to_none(sandbox: Sandbox, tmp_path: Path) -> None:
    async with outages.running(sandbox, tmp_path, without_queues=frozenset({"tech"})) as desk:
        await outages.storm(desk, 1, 2, 3, 4, 5)
        assert outages.cards(desk) == []


async def test_a_card_that_was_deleted_is_posted_again(desk: Desk) -> None:
    await outages.storm(desk, 1, 2, 3, 4)
    card = await outages.card(desk)
    await desk.sandbox.slack.workspace.remove(card)
    await outages.storm(desk, 5)
    again = await eventually(lambda: outages.cards(desk) and outages.cards(desk)[0])
    assert again["ts"] != card["ts"]
    assert again["channel"] == outages.INCIDENTS


async def test_without_its_channel_the_card_goes_to_the_fallback(desk: Desk) -> None:
    workspace = desk.sandbox.slack.workspace
    channel = workspace.conversation(outages.INCIDENTS)
    await workspace.store.put("channel", channel["id"], channel | {"archived": True})
    await outages.storm(desk, 1, 2, 3, 4)
    card = await outages.card(desk)
    assert card["channel"] == "C0FALLBACK"
    told = "\n".join(map(words, desk.messages("C0OPS")))
    assert "#incidents go to the fallback channel: is_archived" in told


async def test_openings_are_counted(desk: Desk) -> None:
    await outages.storm(desk, 1, 2, 3, 4)
    metrics = (await desk.http.get("/metrics")).text
    assert 'deskbell_incidents_opened_total{opening="storm"} 1.0' in metrics
