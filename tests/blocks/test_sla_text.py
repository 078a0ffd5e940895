"""Deadlines on the card, in its thread, and the sums that `/support ticket` shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from blocks import sla_notice, sla_text, support_ticket, ticket_card
from blocks.message import SlackMessage
from routing.business_hours import BusinessHours
from routing.sla_clock import Clock, Outcome, Pause
from routing.sla_policy import Metric
from tests.blocks import factories
from tests.blocks.factories import CLAIMED, RECEIVED_AT, card, shown, ticket

HOUR = timedelta(hours=1)
BERLIN = BusinessHours(zone="Europe/Berlin")


def clock(metric: Metric = Metric.FIRST_RESPONSE, **changes: Any) -> Clock:
    base = Clock(
        metric=metric,
        number=1,
        started_at=RECEIVED_AT,
        target=4 * HOUR,
        hours=BERLIN,
        warn_at=0.8,
        due_at=RECEIVED_AT + 4 * HOUR,
    )
    return replace(base, **changes)


def on_card(*clocks: Clock) -> str:
    return shown(ticket_card.build(card(clocks=clocks)))


def sums(*clocks: Clock, after: timedelta = HOUR) -> str:
    blocks = tuple(sla_text.sums(clocks, now=RECEIVED_AT + after))
    return shown(SlackMessage(text="x", blocks=blocks)).replace("\N{NO-BREAK SPACE}", " ")


def test_the_card_shows_the_next_deadline() -> None:
    later = clock(Metric.RESOLUTION, due_at=RECEIVED_AT + 8 * HOUR)
    assert "*Answer due*\n<!date^1772456400^" in on_card(later, clock())
    assert "*Resolution due*\n<!date^1772470800^" in on_card(later)
    assert "due" not in on_card(clock(ended_at=RECEIVED_AT, outcome=Outcome.MET))


def test_the_card_says_what_is_urgent_and_what_waits() -> None:
    assert "⏰ Due soon: <!date^" in on_card(clock(warned_at=RECEIVED_AT + 3 * HOUR))
    assert "🔥 Breached since <!date^" in on_card(clock(breached_at=RECEIVED_AT + 4 * HOUR))
    waits = clock(Metric.RESOLUTION, due_at=None, pauses=(Pause(RECEIVED_AT + HOUR, None),))
    assert "*Resolution due*\n⏸️ Paused: waiting for the customer" in on_card(waits)


def test_the_sum_says_what_counts_what_is_used_and_when_it_is_due() -> None:
    pauses = (Pause(RECEIVED_AT + HOUR, RECEIVED_AT + HOUR + timedelta(minutes=40)),)
    paused = clock(Metric.RESOLUTION, pauses=pauses)
    assert sums(paused, after=2 * HOUR).startswith(
        "*SLA*\n*Resolution*: 4 h of Mon-Fri 9-17 Berlin, used 1 h 20 min, paused 40 min, due <!date^"
    )
    assert "*First response*: 4 h around the clock, used 1 h, due <!date^" in sums(clock(hours=None))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"breached_at": RECEIVED_AT + 4 * HOUR}, "🔥 breached since <!date^"),
        ({"ended_at": RECEIVED_AT + HOUR, "outcome": Outcome.MET}, "✅ kept, <!date^"),
        ({"ended_at": RECEIVED_AT + HOUR, "outcome": Outcome.STOPPED}, "stopped <!date^"),
        (
            {
                "ended_at": RECEIVED_AT + 5 * HOUR,
                "outcome": Outcome.MET,
                "breached_at": RECEIVED_AT + 4 * HOUR,
            },
            "🔥 late, <!date^",
        ),
        ({"due_at": None, "pauses": (Pause(RECEIVED_AT, None),)}, "⏸️ waiting for the customer, 4 h left"),
    ],
)
def test_the_sum_says_how_it_stands(changes: dict[str, Any], words: str) -> None:
    assert words in sums(clock(**changes))


def test_hours_are_said_briefly() -> None:
    hours = BusinessHours(zone="America/New_York", hours={"mon-fri": "08:30-17:00", "sat": "10:00-24:00"})
    assert sla_text.hours(hours) == "of Mon-Fri 8:30-17, Sat 10-24 New York"
    assert sla_text.hours(BusinessHours(hours={"mon-sun": "00:00-24:00"})) == "of Mon-Sun 0-24 UTC"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_600, "1 h"), (93_660, "26 h 1 min")]
)
def test_times_are_said_briefly(seconds: int, words: str) -> None:
    assert sla_text.time(timedelta(seconds=seconds)).replace("\N{NO-BREAK SPACE}", " ") == words


def test_only_the_newest_clocks_are_listed() -> None:
    many = [clock(Metric.NEXT_RESPONSE, number=number) for number in range(1, 15)]
    assert sums(*many).count("Next response") == 12
    assert "2 earlier clocks not shown" in sums(*many)


def test_the_sums_stand_above_the_buttons_and_only_for_who_asks() -> None:
    asked = support_ticket.build(card(clocks=(clock(),)), now=RECEIVED_AT)
    blocks = asked.payload()["blocks"]
    assert [block["type"] for block in blocks[-2:]] == ["section", "actions"]
    assert "*SLA*" in shown(asked)
    assert "*SLA*" not in on_card(clock())
    assert asked.text == ticket_card.build(card()).text


def test_the_thread_is_told_with_one_mention_or_none() -> None:
    breached = clock(breached_at=RECEIVED_AT + 4 * HOUR)
    told = sla_notice.build(breached, ticket=ticket(**CLAIMED), reference="DB-1042")
    assert told.text == "DB-1042: First response is overdue"
    assert "🔥 *First response is overdue* (<!date^" in shown(told)
    assert "<@U1> has it." in shown(told)
    warned = sla_notice.build(clock(), ticket=ticket(), reference="DB-1042")
    assert "⏰ *First response is due soon*" in shown(warned)
    assert "Nobody has claimed it." in shown(warned)
    assert "<@" not in factories.shown(warned)
