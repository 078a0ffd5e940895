"""What a card says of other tickets and other people."""

from __future__ import annotations

from typing import Any

from blocks import ids, ticket_card
from routing.email import Address
from routing.ticket import Relation
from routing.visible_text import CutKind
from tests.blocks import factories
from tests.blocks.factories import CLAIMED, RESOLVED, TRACE_URL, card, ticket

_MARIA = Address(email="maria@customer.example", name="Maria <!here>")


def _build(relation: Relation | None = None, **changes: Any) -> ticket_card.SlackMessage:
    tied = {"related_id": 1001, "relation": relation} if relation else {}
    about = {"related_reference": "DB-1001"} if relation else {}
    shown = {name: changes.pop(name) for name in ("writer", "visible", "incident") if name in changes}
    return ticket_card.build(card(ticket=ticket(**tied, **changes), **about, **shown))


def _button(message: ticket_card.SlackMessage, label: str) -> dict[str, Any]:
    (found,) = [button for button in factories.elements(message) if button["text"]["text"] == label]
    return found


def _menus(message: ticket_card.SlackMessage) -> list[dict[str, Any]]:
    blocks = [block for block in message.payload()["blocks"] if block["type"] == "actions"]
    return [element for block in blocks for element in block["elements"] if element["type"] == "overflow"]


def test_a_suggested_ticket_can_be_joined_after_a_question() -> None:
    message = _build(Relation.SUGGESTED)
    assert "🔗 Looks like *DB-1001*" in factories.shown(message)
    join = _button(message, "Join")
    assert ids.TicketRef.decode(join["value"]) == ids.TicketRef(ticket_id=1042)
    assert join["confirm"]["text"]["text"].startswith("DB-1042 becomes part of DB-1001")


def test_a_resolved_ticket_is_not_offered_to_join() -> None:
    message = _build(Relation.SUGGESTED, **RESOLVED)
    assert "Looks like *DB-1001*" in factories.shown(message)
    assert factories.labels(message) == ["Reopen", "Trace"]


def test_a_ticket_that_came_too_late_names_the_one_before() -> None:
    message = _build(Relation.FOLLOWS)
    assert "🔗 Follows *DB-1001*" in factories.shown(message)
    assert "Join" not in factories.labels(message)


def test_a_merged_ticket_only_says_where_it_went() -> None:
    message = _build(Relation.MERGED, **CLAIMED, **RESOLVED)
    shown = factories.shown(message)
    assert "🔀 Merged into *DB-1001* by <@U1>" in shown
    assert "Resolved by" not in shown
    assert factories.labels(message) == ["Trace"]
    assert _menus(message) == []
    assert message.text.endswith("merged in Billing")


def test_an_open_card_has_the_seldom_things_in_a_menu() -> None:
    (menu,) = _menus(_build())
    assert [option["text"]["text"] for option in menu["options"]] == [
        "Misrouted…",
        "Merge into another ticket…",
        "Split off a message…",
        "Open incident…",
    ]
    refs = [ids.MoreRef.decode(option["value"]) for option in menu["options"]]
    assert [ref.choice for ref in refs] == [
        ids.More.MISROUTED,
        ids.More.MERGE,
        ids.More.SPLIT,
        ids.More.INCIDENT,
    ]
    assert {ref.ticket_id for ref in refs} == {1042}
    assert _menus(_build(**RESOLVED)) == []


def test_a_ticket_of_an_incident_can_leave_it_and_get_a_card_if_it_has_none() -> None:
    without, with_card = _build(incident="INC-7"), _build(incident="INC-7", card_channel="C1", card_ts="1.1")
    labels = [
        [option["text"]["text"] for option in _menus(one)[0]["options"]] for one in (without, with_card)
    ]
    assert labels[0][3:] == ["Remove from incident", "Post card"]
    assert labels[1][3:] == ["Remove from incident"]
    assert "🔥 *Part of INC-7*" in factories.shown(without)


def test_the_value_of_a_menu_fits_for_the_longest_ticket_number() -> None:
    assert len(ids.MoreRef(ticket_id=2**63, choice=ids.More.LEAVE_INCIDENT).encode()) <= 150


def test_a_forwarded_mail_offers_to_answer_its_writer_and_warns() -> None:
    message = _build(writer=_MARIA)
    assert "↪️ Forwarded; written by Maria &lt;!here&gt; &lt;maria@customer.example&gt;" in factories.shown(
        message
    )
    question = _button(message, "Make requester")["confirm"]["text"]["text"]
    assert question.startswith("Answers will go to maria@customer.example. Nothing proves")
    assert "Forwarded" not in factories.shown(_build())


def test_a_mail_that_was_not_delivered_warns_on_the_card() -> None:
    message = _build(undelivered="maria@customer.example: mailbox full (5.2.2)")
    assert "⚠️ Not delivered to maria@customer.example: mailbox full (5.2.2)" in factories.shown(message)


def test_a_card_says_what_it_leaves_out() -> None:
    cut = _build(visible=factories.visible("Hello", CutKind.DISCLAIMER))
    assert f"Not shown: disclaimer. <{TRACE_URL.replace('&', '&amp;')}|Full mail>" in factories.shown(cut)
    mixed = _build(visible=factories.visible("Hello", is_interleaved=True))
    assert "Answers stand between the quoted lines." in factories.shown(mixed)
