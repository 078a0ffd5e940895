from __future__ import annotations

from datetime import timedelta
from typing import Any

from blocks import ids, page_card
from routing import escalation as machine
from routing.decision import Priority
from routing.escalation import Responder
from routing.escalation_policy import EscalationPolicy, Step
from tests.blocks import factories
from tests.blocks.factories import RECEIVED_AT, escalation, ticket


def _card(**changes: Any) -> page_card.PageCard:
    return page_card.PageCard(
        **{
            "escalation": escalation(),
            "ticket": ticket(),
            "reference": "DB-1042",
            "queue_name": "Billing",
            "excerpt": "I want <!channel> back.",
            "trace_url": factories.TRACE_URL,
            **changes,
        }
    )


def test_on_call_reads_who_needs_them_and_why() -> None:
    message = page_card.build(_card())
    shown = factories.shown(message)
    assert "<!subteam^S3>, <@U1> needs you:" in shown
    assert "🚨 DB-1042 · Refund for order 123456" in shown
    assert "*Urgent*" in shown
    assert factories.quotes(message) == ["A VIP waits since Monday", "I want <!channel> back."]
    assert "<https://desk.example.com/traces/t1?expires=1&amp;signature=abc|Trace>" in shown


def test_acknowledge_says_which_escalation() -> None:
    button = factories.elements(page_card.build(_card()))[0]
    assert button["action_id"] == "acknowledge"
    assert ids.EscalationRef.decode(button["value"]) == ids.EscalationRef(escalation_id=7, ticket_id=1042)


def test_an_acknowledged_escalation_names_who_took_it_and_loses_that_button() -> None:
    taken = machine.acknowledged(escalation(), by="U3", now=RECEIVED_AT)
    message = page_card.build(_card(escalation=taken))
    assert "Acknowledged by <@U3>, <!date^" in factories.shown(message)
    assert factories.labels(message) == ["Hand over", "Add responder", "Resolve"]


def test_everybody_who_is_called_is_mentioned_in_one_line() -> None:
    shown = factories.shown(page_card.build(_card(called=("U1", "U2", "S3"))))
    assert "<@U1>, <@U2> and <!subteam^S3>, <@U1> needs you:" in shown


def test_a_running_one_says_what_is_next_and_mentions_nobody_by_it() -> None:
    policy = EscalationPolicy(steps=(Step(wait=timedelta(minutes=5)), Step(notify=("U99", "#tech"))))
    waiting = escalation(policy=policy, position=1, next_at=RECEIVED_AT)
    shown = factories.shown(page_card.build(_card(escalation=waiting)))
    assert "Nobody has acknowledged yet. Next, <!date^" in shown
    assert "Deskbell calls a person and #tech." in shown
    assert "U99" not in shown


def test_a_snoozed_one_says_by_whom_and_until_when() -> None:
    asleep = machine.snoozed(escalation(), by="U3", until=RECEIVED_AT)
    assert "💤 Snoozed by <@U3> until <!date^" in factories.shown(page_card.build(_card(escalation=asleep)))


def test_what_is_over_says_why_and_has_no_button() -> None:
    over = machine.ended(escalation(), because="the ticket is resolved", by="U3", now=RECEIVED_AT)
    message = page_card.build(_card(escalation=over))
    assert "✅ Over: the ticket is resolved (<@U3>), <!date^" in factories.shown(message)
    assert factories.elements(message) == []


def test_who_was_asked_by_hand_is_named_with_who_asked() -> None:
    asked = Responder(person="U8", asked_by="U3", asked_at=RECEIVED_AT, is_in_charge=True)
    assert "🤝 Handed over to <@U8> by <@U3>" in factories.shown(page_card.build(_card(responders=(asked,))))


def test_high_is_told_from_urgent_at_a_glance() -> None:
    shown = factories.shown(page_card.build(_card(escalation=escalation(urgency=Priority.HIGH))))
    assert "🟠 DB-1042" in shown
    assert "🚨" not in shown


def test_a_long_and_hostile_incident_stays_within_the_limits() -> None:
    hostile = "<!channel>&" * 1_000
    card = _card(escalation=escalation(reason=hostile), ticket=ticket(subject=hostile), excerpt=hostile)
    assert "<!channel>" not in factories.shown(page_card.build(card))
