from __future__ import annotations

from dataclasses import replace

from blocks import home
from blocks.message import view_payload
from tests.blocks import factories

_TICKET = home.HomeTicket(
    reference="DB-1042",
    subject="Refund & <!here>",
    queue_name="Billing",
    due_at=factories.RECEIVED_AT,
    permalink="https://acme.slack.example/archives/C0BILLING/p1",
)


def _shown(*mine: home.HomeTicket, queues: tuple[home.QueueCount, ...] = ()) -> str:
    return "\n".join(factories.words(view_payload(home.build(mine=mine, queues=queues))))


def test_an_empty_home_says_what_to_do_next() -> None:
    shown = _shown()
    assert "Nothing is waiting for you. Claim a ticket" in shown
    assert "No ticket waits" in shown


def test_my_ticket_links_to_its_card_and_says_when_it_is_due() -> None:
    shown = _shown(_TICKET)
    assert "*<https://acme.slack.example/archives/C0BILLING/p1|DB-1042>* Refund &amp; &lt;!here&gt;" in shown
    assert "Billing · answer due <!date^1772442000^" in shown


def test_a_ticket_whose_card_is_not_posted_yet_is_listed_without_a_link() -> None:
    assert "*DB-1042* Refund" in _shown(replace(_TICKET, permalink=None, due_at=None))


def test_more_tickets_than_fit_are_counted() -> None:
    shown = _shown(*[_TICKET] * 150)
    assert shown.count("DB-1042") == 20
    assert "and 130 more" in shown


def test_only_queues_where_somebody_waits_are_listed() -> None:
    queues = (
        home.QueueCount(queue_name="Billing", unclaimed=3),
        home.QueueCount(queue_name="Orders", unclaimed=0),
    )
    shown = _shown(queues=queues)
    assert "*3* in Billing" in shown
    assert "Orders" not in shown
