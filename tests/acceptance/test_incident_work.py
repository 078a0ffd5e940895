"""What people do with an incident: take it, write to everybody, make a channel, resolve it all, look back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from blocks.ids import Action
from tests.acceptance import outages
from tests.acceptance.seen import cards, eventually, thread, words
from tests.desk import ANA, BO

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any

    from bot.sandbox import Sandbox
    from tests.desk import Desk

TEXT = "The checkout is down. We are on it and write again at noon."


@pytest.fixture
async def desk(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    async with outages.running(sandbox, tmp_path) as desk:
        await outages.storm(desk, 1, 2, 3, 4, 5)
        yield desk


async def updated(desk: Desk, text: str = TEXT, *, agent: str = ANA) -> None:
    """A lead writes to everybody and presses Send."""
    await desk.open_modal(agent, await outages.card(desk), Action.INCIDENT_UPDATE)
    await desk.submit(agent, body=text)
    await desk.submit(agent)
    await shows(desk, "Update by")


async def shows(desk: Desk, expected: str) -> dict[str, Any]:
    await eventually(lambda: expected in words(outages.cards(desk)[0]))
    return await outages.card(desk)


def updates(desk: Desk) -> list[dict[str, Any]]:
    return [
        mail for mail in desk.inbox() if TEXT in mail["text"] and "Thank you for writing" not in mail["text"]
    ]


async def test_who_takes_it_is_its_commander(desk: Desk) -> None:
    await desk.press(BO, await outages.card(desk), Action.INCIDENT_TAKE)
    await shows(desk, "Commander: <@U0BO>")
    await desk.press(BO, await outages.card(desk), Action.INCIDENT_TAKE)
    assert desk.whispers(BO) == ["You have taken it already."]


async def test_an_update_is_looked_at_and_reaches_each_customer_once(desk: Desk) -> None:
    card = await outages.card(desk)
    await desk.open_modal(ANA, card, Action.INCIDENT_UPDATE)
    await desk.submit(ANA, body=TEXT)
    preview = desk.modal(ANA)
    assert preview is not None
    assert "To 5 customers, each once." in words(preview)
    assert TEXT in words(preview)
    assert updates(desk) == []
    await desk.submit(ANA)
    await shows(desk, "sent 5 of 5")
    assert len({mail["to"] for mail in updates(desk)}) == len(updates(desk)) == 5
    headers = dict(updates(desk)[0]["headers"])
    assert headers["Auto-Submitted"] == "auto-generated"


async def test_who_has_written_twice_is_written_to_once(desk: Desk) -> None:
    again = {"from": "Customer 5 <customer5@customer.example>", "subject": "Another 503"}
    await outages.storm(desk, 6, **again)
    await updated(desk)
    await shows(desk, "sent 5 of 5")


async def test_the_acknowledgement_of_a_new_ticket_carries_the_update(desk: Desk) -> None:
    await updated(desk)
    await outages.storm(desk, 6)
    (mail,) = [mail for mail in desk.inbox() if "customer6@" in mail["to"]]
    assert "What we know already:" in mail["text"]
    assert TEXT in mail["text"]
    assert TEXT in mail["html"]


async def test_a_refused_mail_is_counted_with_its_reason(desk: Desk) -> None:
    await desk.command(ANA, "/support block customer2@customer.example")
    await updated(desk)
    card = await shows(desk, "sent 4 of 5")
    assert "1 not sent: blocked address" in words(card)


async def test_only_the_commander_and_leads_write_to_everybody(desk: Desk) -> None:
    card = await outages.card(desk)
    await desk.press(BO, card, Action.INCIDENT_UPDATE)
    refused = await eventually(lambda: (view := desk.modal(BO)) and "Press Take first" in words(view))
    assert refused
    await desk.press(BO, card, Action.INCIDENT_TAKE)
    await updated(desk, agent=BO)
    await shows(desk, "sent 5 of 5")


async def test_resolve_all_closes_every_ticket_and_says_a_last_word(desk: Desk) -> None:
    await desk.open_modal(ANA, await outages.card(desk), Action.INCIDENT_RESOLVE)
    assert "5 open tickets of INC-1 will be resolved." in words(desk.modal(ANA) or {})
    await desk.submit(ANA, body=TEXT)
    assert "5 open tickets will be resolved." in words(desk.modal(ANA) or {})
    await desk.submit(ANA)
    card = await shows(desk, "5, 0 open")
    assert "Resolved by <@U0ANA>" in words(card)
    assert "✅ Resolved by <@U0ANA>" in words(desk.card("DB-1001"))
    await shows(desk, "sent 5 of 5")
    assert len(updates(desk)) == 5


async def test_after_its_end_new_mail_has_cards_again(desk: Desk) -> None:
    await desk.open_modal(ANA, await outages.card(desk), Action.INCIDENT_RESOLVE)
    await desk.submit(ANA)
    await shows(desk, "5, 0 open")
    await outages.storm(desk, 6)
    assert len(cards(desk, "DB-1006")) == 1
    assert len(outages.cards(desk)) == 1


async def test_a_channel_is_made_once_with_those_who_are_needed(desk: Desk) -> None:
    card = await outages.card(desk)
    desk.sandbox.fail_next("conversations.create", status=503, after_effect=True)
    await desk.press(ANA, card, Action.INCIDENT_ROOM)
    await eventually(lambda: "<#C" in words(outages.cards(desk)[0]))
    (room,) = [one for one in desk.sandbox.slack.workspace.channels() if one["name"].startswith("inc-")]
    assert room["name"].endswith("-1")
    assert room["members"] == ["U0ANA", "U0ONCALL"]
    assert room["topic"] == "INC-1: The page says 503"


async def test_the_timeline_says_who_did_what(desk: Desk) -> None:
    await desk.press(ANA, await outages.card(desk), Action.INCIDENT_TAKE)
    await desk.press(ANA, await outages.card(desk), Action.INCIDENT_TIMELINE)
    view = await eventually(lambda: (seen := desk.modal(ANA)) and "taken" in words(seen) and seen)
    assert "opened by a storm of tickets, with 4 tickets" in words(view)
    assert "<@U0ANA>: taken" in words(view)


async def test_the_postmortem_comes_into_the_thread(desk: Desk) -> None:
    await updated(desk)
    card = await outages.card(desk)
    await desk.press(ANA, card, Action.INCIDENT_POSTMORTEM)
    said = "".join(map(words, thread(desk, card)))
    assert "# Postmortem of INC-1: The page says 503" in said
    assert "5 tickets of 5 customers; 5 still open" in said
    assert "update to 5 customers" in said
    assert "Ana Ferreira" in said


async def test_the_open_incidents_are_listed(desk: Desk) -> None:
    answer = await desk.command(BO, "/support incidents")
    assert "*INC-1* · The page says 503" in words(answer)
    assert "5 tickets, 5 open" in words(answer)


async def test_a_ticket_without_a_card_gets_one_when_somebody_wants_it(desk: Desk) -> None:
    assert cards(desk, "DB-1005") == []
    private = await desk.command(ANA, "/support ticket DB-1005")
    await desk.press(ANA, private, Action.MORE, choice="Post card")
    card = desk.card("DB-1005")
    assert "Part of INC-1" in words(card)
    await desk.press(ANA, card, Action.CLAIM)
    assert "Claimed by <@U0ANA>" in words(desk.card("DB-1005"))


async def test_a_ticket_that_joined_wrongly_leaves_with_a_card(desk: Desk) -> None:
    private = await desk.command(ANA, "/support ticket DB-1005")
    await desk.press(ANA, private, Action.MORE, choice="Remove from incident")
    assert "Part of" not in words(desk.card("DB-1005"))
    await shows(desk, "4, 4 open")


async def test_a_later_mail_of_a_ticket_without_a_card_is_counted(desk: Desk) -> None:
    await outages.storm(desk, 6, inReplyTo="<5@customer.example>", **{"from": "customer5@customer.example"})
    await shows(desk, "1 later mail")
    async with desk.storage.reading() as uow:
        assert await uow.outbox.dead(limit=1) == []


async def test_a_person_opens_an_incident_with_a_ticket(desk: Desk) -> None:
    mail = {"subject": "I cannot log in", "text": "My password fails."}
    await outages.storm(desk, 6, **mail)
    await desk.open_modal(BO, desk.card("DB-1006"), Action.MORE, choice="Open incident")
    await desk.submit(BO, title="Nobody can log in")
    (opened,) = [card for card in outages.cards(desk) if "INC-2" in card["text"]]
    assert "INC-2 · Nobody can log in" in opened["text"]
    assert "Opened by <@U0BO>" in words(opened)
    assert "Part of INC-2" in words(desk.card("DB-1006"))
    await outages.storm(desk, 7, **mail)
    assert cards(desk, "DB-1007") == []


async def test_who_writes_again_after_the_end_is_seen(desk: Desk) -> None:
    await desk.open_modal(ANA, await outages.card(desk), Action.INCIDENT_RESOLVE)
    await desk.submit(ANA)
    await shows(desk, "5, 0 open")
    again = {
        "inReplyTo": "<5@customer.example>",
        "from": "customer5@customer.example",
        "text": "It is still so.",
    }
    await outages.storm(desk, 6, **again)
    card = desk.card("DB-1005")
    assert "Waiting in" in words(card)
    assert "It is still so." in words(thread(desk, card)[0])


async def test_the_words_of_a_customer_have_no_power_in_the_postmortem(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with outages.running(sandbox, tmp_path / "other") as desk:
        await outages.storm(desk, 1, subject="outage <img src=x> [here](https://evil.example)")
        card = await outages.card(desk)
        await desk.press(ANA, card, Action.INCIDENT_POSTMORTEM)
        said = "".join(map(words, thread(desk, card)))
        assert r"\\<img src=x\\> \\[here\\](https://evil.example)" in said


async def test_a_channel_name_that_an_older_one_has_gets_a_number(desk: Desk) -> None:
    workspace = desk.sandbox.slack.workspace
    older = await workspace.add_channel(f"inc-{workspace.now():%Y-%m-%d}-1")
    await workspace.store.put("channel", older["id"], older | {"created": 1})
    await desk.press(ANA, await outages.card(desk), Action.INCIDENT_ROOM)
    await eventually(lambda: "<#C" in words(outages.cards(desk)[0]))
    names = [one["name"] for one in workspace.channels() if one["name"].startswith("inc-")]
    assert names == [older["name"], f"{older['name']}-2"]
