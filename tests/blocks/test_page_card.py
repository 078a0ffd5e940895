from __future__ import annotations

from typing import Any

from blocks import ids, page_card
from routing.decision import Priority
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
    (button,) = factories.elements(page_card.build(_card()))
    assert button["action_id"] == "acknowledge"
    assert ids.EscalationRef.decode(button["value"]) == ids.EscalationRef(escalation_id=7, ticket_id=1042)


def test_an_acknowledged_incident_names_who_took_it_and_loses_its_button() -> None:
    message = page_card.build(_card(escalation=escalation(acknowledged_by="U3", acknowledged_at=RECEIVED_AT)))
    assert "Acknowledged by <@U3>, <!date^" in factories.shown(message)
    assert factories.elements(message) == []


def test_high_is_told_from_urgent_at_a_glance() -> None:
    shown = factories.shown(page_card.build(_card(escalation=escalation(urgency=Priority.HIGH))))
    assert "🟠 DB-1042" in shown
    assert "🚨" not in shown


def test_a_long_and_hostile_incident_stays_within_the_limits() -> None:
    hostile = "<!channel>&" * 1_000
    card = _card(escalation=escalation(reason=hostile), ticket=ticket(subject=hostile), excerpt=hostile)
    assert "<!channel>" not in factories.shown(page_card.build(card))
