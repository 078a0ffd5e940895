"""The SLA clocks of a desk at work, and what people are told when one runs out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from routing.sla_clock import Clock, Outcome
from routing.sla_policy import Metric
from tests.storage.samples import NOW

if TYPE_CHECKING:
    from tests.bot.sla.clockwork import Clockwork

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
TICKET = 1001
REFUND = "Refund, please"  # to billing: Berlin's office hours
PARCEL = "Where is my parcel?"  # to orders: around the clock


def berlin(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo("Europe/Berlin"))


async def clock(clockwork: Clockwork, metric: Metric, ticket_id: int = TICKET) -> Clock:
    """The newest of its metric."""
    return [one for one in await clockwork.clocks(ticket_id) if one.metric is metric][-1]


async def actions(clockwork: Clockwork, ticket_id: int = TICKET) -> list[str]:
    return [entry.action for entry in await clockwork.trail(ticket_id)]


async def test_a_mail_starts_what_its_queue_promises(clockwork: Clockwork) -> None:
    await clockwork.write(REFUND)
    first, resolution = await clockwork.clocks(TICKET)
    assert (first.metric, resolution.metric) == (Metric.FIRST_RESPONSE, Metric.RESOLUTION)
    assert first.due_at == berlin("2026-03-02T14:00")
    assert resolution.due_at == berlin("2026-03-04T10:00"), "two days are two working days of eight hours"


async def test_the_customer_reads_the_due_time_where_only_office_hours_count(clockwork: Clockwork) -> None:
    await clockwork.pass_time(8 * HOUR)
    await clockwork.write(REFUND)
    (mail,) = clockwork.mailbox.sent
    assert "our first answer by Tuesday 13:00 (Europe/Berlin)." in mail.get_body(("plain",)).get_content()
    async with clockwork.storage.reading() as uow:
        ticket = await uow.tickets.get(TICKET)
    assert ticket.response_due_at == berlin("2026-03-03T13:00")


async def test_our_answer_meets_the_response_and_pauses_the_resolution(clockwork: Clockwork) -> None:
    mail = await clockwork.write(REFUND)
    await clockwork.pass_time(HOUR)
    await clockwork.reply(TICKET)
    await clockwork.work()
    first, resolution = await clockwork.clocks(TICKET)
    assert (first.outcome, first.ended_at, first.breached_at) == (Outcome.MET, clockwork.now, None)
    assert resolution.is_paused
    assert resolution.due_at is None
    await clockwork.pass_time(2 * HOUR)
    await clockwork.write("Thanks, but when?", answers=mail)
    resolution = await clock(clockwork, Metric.RESOLUTION)
    assert resolution.used(clockwork.now) == HOUR
    assert resolution.paused(clockwork.now) == 2 * HOUR
    assert resolution.due_at == berlin("2026-03-04T12:00")
    next_response = await clock(clockwork, Metric.NEXT_RESPONSE)
    assert next_response.due_at == berlin("2026-03-02T15:00")


async def test_a_further_mail_does_not_start_the_response_anew(clockwork: Clockwork) -> None:
    mail = await clockwork.write(REFUND)
    await clockwork.pass_time(HOUR)
    await clockwork.write("Are you there?", answers=mail)
    (first,) = [one for one in await clockwork.clocks(TICKET) if one.metric is not Metric.RESOLUTION]
    assert first.started_at == NOW


async def test_robots_move_no_clock(clockwork: Clockwork) -> None:
    mail = await clockwork.write(REFUND)
    await clockwork.reply(TICKET)
    await clockwork.work()
    before = await clockwork.clocks(TICKET)
    await clockwork.write("I am away", answers=mail, is_robot=True)
    assert await clockwork.clocks(TICKET) == before
    await clockwork.write("Refund: I am away", is_robot=True)
    assert await clockwork.clocks(TICKET + 1) == []


async def test_resolving_stops_all_and_reopening_starts_again(clockwork: Clockwork) -> None:
    await clockwork.write(REFUND)
    await clockwork.resolve(TICKET)
    first, resolution = await clockwork.clocks(TICKET)
    assert (first.outcome, resolution.outcome) == (Outcome.STOPPED, Outcome.MET)
    await clockwork.pass_time(DAY)
    assert clockwork.told() == [], "what was resolved is due no more"
    await clockwork.reopen(TICKET)
    again = await clock(clockwork, Metric.FIRST_RESPONSE)
    assert (again.number, again.started_at) == (2, clockwork.now), "the customer still waits for an answer"
    assert (await clock(clockwork, Metric.RESOLUTION)).number == 2


async def test_an_answer_that_goes_out_just_after_the_end_has_met_the_response(clockwork: Clockwork) -> None:
    await clockwork.write(REFUND)
    await clockwork.reply(TICKET)
    await clockwork.resolve(TICKET)
    await clockwork.work()
    assert (await clock(clockwork, Metric.FIRST_RESPONSE)).outcome is Outcome.MET


async def test_another_queue_has_promises_of_its_own(clockwork: Clockwork) -> None:
    await clockwork.write(REFUND)
    await clockwork.move(TICKET, "orders")
    (resolution,) = await clockwork.clocks(TICKET)
    assert resolution.due_at == NOW + 8 * HOUR
    await clockwork.move(TICKET, "tech")
    assert await clockwork.clocks(TICKET) == [], "nothing is promised there"
    await clockwork.pass_time(HOUR)
    await clockwork.move(TICKET, "billing")
    first = await clock(clockwork, Metric.FIRST_RESPONSE)
    assert first.started_at == NOW, "the customer has waited from the beginning"


async def test_people_are_warned_and_told_of_the_breach_once_each(clockwork: Clockwork) -> None:
    await clockwork.write(REFUND)
    await clockwork.pass_time(3 * HOUR + 11 * MINUTE)
    assert clockwork.told() == []
    await clockwork.pass_time(2 * MINUTE)  # 80 % of four hours
    assert clockwork.told() == ["DB-1001: First response is due soon"]
    await clockwork.pass_time(2 * HOUR)
    assert clockwork.told()[1:] == ["DB-1001: First response is overdue"]
    first = await clock(clockwork, Metric.FIRST_RESPONSE)
    assert first.breached_at == first.due_at
    await clockwork.reply(TICKET)
    await clockwork.work()
    assert (await clock(clockwork, Metric.FIRST_RESPONSE)).breached_at == first.due_at
    metrics = clockwork.services.metrics.registry
    labels = {"queue": "billing", "metric": "first_response"}
    assert metrics.get_sample_value("deskbell_sla_breaches_total", labels) == 1
    assert metrics.get_sample_value("deskbell_first_response_seconds_count", {"queue": "billing"}) == 1


async def test_a_timer_that_is_met_says_nothing(clockwork: Clockwork) -> None:
    await clockwork.write(REFUND)
    await clockwork.reply(TICKET)
    await clockwork.pass_time(14 * DAY)
    assert clockwork.told() == []


async def test_after_a_downtime_the_breach_wins_and_is_marked_late(clockwork: Clockwork) -> None:
    await clockwork.write(REFUND)
    await clockwork.pass_time(6 * HOUR, works=False)
    await clockwork.work()
    assert clockwork.told() == ["DB-1001: First response is overdue"]
    (entry,) = [step for step in await clockwork.trail(TICKET) if step.action == "sla_breached"]
    assert entry.detail["late"] == "120 min"
    assert "sla_warned" not in await actions(clockwork)


async def test_a_warning_that_slack_held_up_until_the_breach_is_not_told(clockwork: Clockwork) -> None:
    await clockwork.write(REFUND)
    await clockwork.pass_time(3 * HOUR)
    clockwork.slack.is_down = True
    for _ in range(3):
        await clockwork.pass_time(30 * MINUTE, works=False)
        await clockwork.work()
    assert {"sla_warned", "sla_breached"} <= set(await actions(clockwork))
    clockwork.slack.is_down = False
    await clockwork.pass_time(MINUTE)
    assert clockwork.told() == ["DB-1001: First response is overdue"]


async def test_a_deadline_that_moves_away_and_back_still_rings(clockwork: Clockwork) -> None:
    await clockwork.write(REFUND)
    await clockwork.move(TICKET, "tech")
    await clockwork.pass_time(5 * HOUR)
    assert clockwork.told() == []
    await clockwork.move(TICKET, "billing")
    await clockwork.work()
    assert clockwork.told() == ["DB-1001: First response is overdue"]


async def test_another_queue_is_told_anew_of_a_deadline_that_is_over(clockwork: Clockwork) -> None:
    await clockwork.write("Phishing in your name")
    await clockwork.pass_time(2 * HOUR)
    await clockwork.move(TICKET, "triage")
    await clockwork.work()
    assert clockwork.told() == [
        "DB-1001: First response is due soon",
        "DB-1001: First response is overdue",
        "DB-1001: First response is overdue",
    ]


async def test_merging_stops_the_one_and_its_customer_waits_in_the_other(clockwork: Clockwork) -> None:
    await clockwork.write(REFUND)
    await clockwork.reply(TICKET)
    await clockwork.work()
    await clockwork.write("Another refund")
    await clockwork.merge(TICKET + 1, TICKET)
    assert {one.outcome for one in await clockwork.clocks(TICKET + 1)} == {Outcome.STOPPED}
    assert (await clock(clockwork, Metric.NEXT_RESPONSE)).is_running
    await clockwork.pass_time(HOUR)
    await clockwork.split(TICKET)
    assert Metric.NEXT_RESPONSE not in {one.metric for one in await clockwork.clocks(TICKET)}
    assert (await clock(clockwork, Metric.RESOLUTION)).is_paused
    assert (await clock(clockwork, Metric.FIRST_RESPONSE, TICKET + 1)).number == 2


async def test_a_message_that_is_split_off_was_never_here(clockwork: Clockwork) -> None:
    mail = await clockwork.write(REFUND)
    await clockwork.reply(TICKET)
    await clockwork.work()
    before = await clockwork.clocks(TICKET)
    await clockwork.pass_time(HOUR)
    await clockwork.write("Something else: a refund of another order", answers=mail)
    other = await clockwork.split(TICKET)
    assert await clockwork.clocks(TICKET) == before
    assert (await clock(clockwork, Metric.FIRST_RESPONSE, other)).started_at == clockwork.now
