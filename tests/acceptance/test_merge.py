"""Join, merge and split: which card a customer's mails stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from blocks.ids import Action
from tests.acceptance.seen import cards, thread, words
from tests.desk import ANA, BO, KIM, option

if TYPE_CHECKING:
    from tests.desk import Desk

MERGE, SPLIT = "Merge into", "Split off"


async def two_tickets(desk: Desk) -> None:
    """DB-1001 and DB-1002, of one customer about one subject."""
    for number in (1, 2):
        await desk.deliver(
            id=f"mail-{number}", messageId=f"<{number}@customer.example>", text=f"Mail number {number}."
        )
        await desk.settle()


async def merge(desk: Desk, reference: str, into: str) -> None:
    await desk.open_modal(ANA, desk.card(reference), Action.MORE, choice=MERGE)
    await desk.submit(ANA, ticket=into)


async def split(desk: Desk, reference: str, words: str) -> None:
    """Split off the message with these words."""
    view = await desk.open_modal(ANA, desk.card(reference), Action.MORE, choice=SPLIT)
    options = view["blocks"][0]["element"]["options"]
    (value,) = [one["value"] for one in options if words in one["description"]["text"]]
    await desk.submit(ANA, message=option(value))


async def write(desk: Desk, number: int, *, answers: str, **fields: Any) -> None:
    await desk.deliver(
        id=f"mail-{number}",
        messageId=f"<{number}@customer.example>",
        inReplyTo=answers,
        text=f"Mail number {number}.",
        **fields,
    )
    await desk.settle()


def told(desk: Desk, reference: str) -> list[str]:
    """The words of each message in a card's thread."""
    return [words(message) for message in thread(desk, desk.card(reference))]


async def test_a_mail_about_the_same_joins_at_a_press(desk: Desk) -> None:
    await two_tickets(desk)
    second = desk.card("DB-1002")
    assert "Looks like *DB-1001*" in words(second)
    await desk.press(ANA, second, Action.JOIN)
    assert "Merged into *DB-1001* by <@U0ANA>" in words(desk.card("DB-1002"))
    (follow_up,) = told(desk, "DB-1001")
    assert "Mail number 2." in follow_up
    await desk.press(BO, second, Action.JOIN)
    assert desk.whispers(BO) == ["DB-1002 is part of DB-1001 now: go on there."]


async def test_mail_to_a_merged_ticket_goes_to_the_other_one(desk: Desk) -> None:
    await two_tickets(desk)
    await merge(desk, "DB-1002", "db-1001")
    to_second = next(mail for mail in desk.inbox() if "DB-1002" in mail["subject"])
    await write(desk, 3, answers=to_second["message_id"])
    await write(desk, 4, answers="<2@customer.example>")
    assert [f"Mail number {n}." in shown for n, shown in zip((2, 3, 4), told(desk, "DB-1001"), strict=True)]
    assert told(desk, "DB-1002") == []
    assert cards(desk, "DB-1003") == []


async def test_what_was_merged_before_follows_to_the_newest_ticket(desk: Desk) -> None:
    await two_tickets(desk)
    await write(desk, 3, answers="<0@nowhere.example>")
    await merge(desk, "DB-1003", "DB-1002")
    await merge(desk, "DB-1002", "DB-1001")
    assert "Merged into *DB-1001*" in words(desk.card("DB-1003"))
    assert [f"Mail number {n}." in shown for n, shown in zip((2, 3), told(desk, "DB-1001"), strict=True)]


async def test_a_resolved_ticket_opens_again_for_what_is_merged_into_it(desk: Desk) -> None:
    await two_tickets(desk)
    await desk.press(ANA, desk.card("DB-1001"), Action.RESOLVE)
    await merge(desk, "DB-1002", "DB-1001")
    assert "Waiting in *Billing*" in words(desk.card("DB-1001"))


@pytest.mark.parametrize(
    ("into", "problem"),
    [
        ("DB-9", "There is no ticket DB-9."),
        ("DB-1002", "A ticket cannot be merged into itself."),
        ("the other", "Which ticket? Write its number, for example `DB-1042`."),
    ],
)
async def test_what_cannot_be_merged_is_said_under_the_input(desk: Desk, into: str, problem: str) -> None:
    await two_tickets(desk)
    await merge(desk, "DB-1002", into)
    view = desk.modal(ANA)
    assert view is not None
    assert view["errors"] == {"ticket": problem}


async def test_tickets_cannot_be_merged_into_each_other(desk: Desk) -> None:
    await two_tickets(desk)
    seen = desk.card("DB-1001")
    await desk.open_modal(BO, seen, Action.MORE, choice=MERGE)
    await merge(desk, "DB-1002", "DB-1001")
    await desk.submit(BO, ticket="DB-1002")
    view = desk.modal(BO)
    assert view is not None
    assert view["errors"] == {"ticket": "A ticket cannot be merged into itself."}


async def test_a_merged_ticket_is_worked_on_where_it_belongs(desk: Desk) -> None:
    await two_tickets(desk)
    seen = desk.card("DB-1002")
    await desk.open_modal(BO, seen, Action.REPLY)
    await merge(desk, "DB-1002", "DB-1001")
    refusal = "DB-1002 is part of DB-1001 now: go on there."
    await desk.submit(BO, body="An answer.")
    view = desk.modal(BO)
    assert view is not None
    assert view["errors"] == {"body": refusal}
    for action in (Action.CLAIM, Action.RESOLVE):
        await desk.press(ANA, seen, action)
    assert desk.whispers(ANA) == [refusal] * 2
    assert len(desk.inbox()) == 2, "the acknowledgements"


async def test_a_draft_goes_along_to_the_other_ticket(desk: Desk) -> None:
    await two_tickets(desk)
    await desk.open_modal(BO, desk.card("DB-1002"), Action.REPLY)
    await desk.submit(BO, body="Dear Maria, we are on it.")
    await merge(desk, "DB-1002", "DB-1001")
    view = await desk.open_modal(BO, desk.card("DB-1001"), Action.REPLY)
    assert "Dear Maria, we are on it." in words(view)


async def test_an_escalation_goes_along_and_can_be_acknowledged(desk: Desk) -> None:
    await two_tickets(desk)
    await desk.open_modal(ANA, desk.card("DB-1002"), Action.ESCALATE)
    await desk.submit(ANA, reason="She waits.", urgency=option("urgent"))
    (channel,) = {
        message["channel"]
        for message in desk.sandbox.slack.workspace.store.all("message")
        if "She waits." in words(message) and message["channel"].startswith("D")
    }
    await merge(desk, "DB-1002", "DB-1001")
    card = words(desk.card("DB-1001"))
    assert "She waits." in card
    assert "*Urgent*" in card
    await desk.press(KIM, desk.messages(channel)[0], Action.ACKNOWLEDGE)
    assert "Acknowledged by <@U0ONCALL>" in words(desk.card("DB-1001"))


async def test_splitting_undoes_a_merge_with_all_mail(desk: Desk) -> None:
    await two_tickets(desk)
    await write(desk, 3, answers="<2@customer.example>")
    await merge(desk, "DB-1002", "DB-1001")
    await split(desk, "DB-1001", "Mail number 2.")
    assert "Waiting in *Billing*" in words(desk.card("DB-1002"))
    await write(desk, 4, answers="<3@customer.example>")
    assert "Mail number 4." in told(desk, "DB-1002")[-1]
    assert len(desk.inbox()) == 2, "nothing is acknowledged anew"


async def test_a_message_that_is_split_off_gets_a_card_and_its_own_answers(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    await write(desk, 2, answers="<1@customer.example>", subject="Timeout when I pay")
    await split(desk, "DB-1001", "Mail number 2.")
    card = desk.card("DB-1002")
    assert card["channel"] == "C0TECH", "it is routed on its own"
    assert "Mail number 2." in words(card)
    await write(desk, 3, answers="<2@customer.example>")
    assert "Mail number 3." in told(desk, "DB-1002")[0]
    assert len(desk.inbox()) == 1, "the customer has an answer already"


async def test_the_same_message_is_split_off_once(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    await write(desk, 2, answers="<1@customer.example>")
    seen = desk.card("DB-1001")
    view = await desk.open_modal(BO, seen, Action.MORE, choice=SPLIT)
    (one,) = view["blocks"][0]["element"]["options"]
    await split(desk, "DB-1001", "Mail number 2.")
    await desk.submit(BO, message=option(one["value"]))
    view = desk.modal(BO) or {}
    assert view["errors"] == {"message": "This message stands in another ticket already."}


async def test_a_ticket_of_one_message_has_nothing_to_split_off(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    await desk.press(ANA, desk.card("DB-1001"), Action.MORE, choice=SPLIT)
    assert "there is nothing to split off" in words(desk.modal(ANA) or {})
