from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.replies import caps

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def sent(count: int, *, minutes_ago: float, ticket_id: int = 1) -> list[tuple[int, datetime]]:
    return [(ticket_id, NOW - timedelta(minutes=minutes_ago))] * count


@pytest.mark.parametrize(("minutes", "most"), [(10, 10), (30, 15), (60, 25), (180, 50), (600, 100)])
def test_each_window_of_a_ticket_has_its_cap(minutes: int, most: int) -> None:
    just_inside = sent(most, minutes_ago=minutes - 0.1)
    assert caps.exceeded(just_inside[:-1], ticket_id=1, now=NOW) is None
    assert (
        caps.exceeded(just_inside, ticket_id=1, now=NOW)
        == f"{most} mails about one ticket within {minutes} minutes"
    )


def test_what_left_the_window_counts_no_more() -> None:
    assert caps.exceeded(sent(14, minutes_ago=10), ticket_id=1, now=NOW) is None


def test_many_tickets_of_one_address_have_a_cap_together() -> None:
    mails = [mail for ticket_id in range(30) for mail in sent(1, minutes_ago=5, ticket_id=ticket_id)]
    assert caps.exceeded(mails, ticket_id=99, now=NOW) == "30 mails to one address within 10 minutes"
    assert caps.exceeded(mails[1:], ticket_id=99, now=NOW) is None
