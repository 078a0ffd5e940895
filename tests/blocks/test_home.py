from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

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


def _shown(
    *mine: home.HomeTicket,
    shifts: tuple[home.HomeShift, ...] = (),
    queues: tuple[home.HomeQueue, ...] = (),
) -> str:
    view = home.build(mine=mine, shifts=shifts, queues=queues)
    return "\n".join(factories.words(view_payload(view)))


def test_an_empty_home_says_what_to_do_next() -> None:
    shown = _shown()
    assert "Nothing is waiting for you. Claim a ticket" in shown
    assert "You are not on call within the next two weeks." in shown
    assert "No ticket is open in any queue." in shown


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


def test_a_shift_says_when_it_begins_unless_it_has() -> None:
    end = factories.RECEIVED_AT + timedelta(hours=8)
    begun = home.HomeShift(schedule="support", start=factories.RECEIVED_AT, end=end, is_now=True)
    shown = _shown(shifts=(begun, replace(begun, is_now=False)))
    assert "*Now*, *support* until <!date^1772470800^" in shown
    assert "*support* from <!date^1772442000^" in shown


def test_a_queue_says_how_it_is_if_anything_is_open_in_it() -> None:
    busy = home.HomeQueue(queue_name="Billing", open=3, unclaimed=2, oldest=timedelta(minutes=90), overdue=1)
    calm = replace(busy, queue_name="Tech", unclaimed=0, oldest=None, overdue=0)
    shown = _shown(queues=(busy, calm, replace(calm, queue_name="Orders", open=0)))
    assert "*Billing*  3 open · 2 unclaimed, the oldest for 1 hour 30 minutes · ⚠️ 1 overdue" in shown
    assert "*Tech*  3 open\n" in f"{shown}\n"
    assert "Orders" not in shown


def test_the_longest_home_is_one_that_slack_takes() -> None:
    shift = home.HomeShift(
        schedule="s" * 75, start=factories.RECEIVED_AT, end=factories.RECEIVED_AT, is_now=False
    )
    queue = home.HomeQueue(
        queue_name="q" * 75, open=9_999, unclaimed=9_999, oldest=timedelta(days=99, hours=23), overdue=9_999
    )
    shown = _shown(*[_TICKET] * 150, shifts=(shift,) * 99, queues=(queue,) * 99)
    assert "and 89 more" in shown
    assert "and 79 more" in shown
