"""When to try again, and when to give up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import retry
from routing.retry import GiveUp, Retry

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
JITTER = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 2), (2, 4), (3, 8), (10, 1024), (11, 2048), (12, 3600), (10_000, 3600)]
)
def test_delays_double_from_two_seconds_to_an_hour(attempts: int, seconds: int) -> None:
    assert retry.delay(attempts, jitter=0) == timedelta(seconds=seconds)


@given(attempts=st.integers(1, 10_000), jitter=JITTER)
def test_jitter_takes_up_to_half(attempts: int, jitter: float) -> None:
    whole = retry.delay(attempts, jitter=0)
    assert whole / 2 <= retry.delay(attempts, jitter=jitter) <= whole


def test_the_longest_delay_can_be_shorter() -> None:
    assert retry.delay(12, jitter=0.5, longest=timedelta(minutes=1)) == timedelta(seconds=45)


@given(attempts=st.integers(1, retry.MAX_ATTEMPTS - 1), jitter=JITTER)
def test_a_failure_is_tried_again_after_its_delay(attempts: int, jitter: float) -> None:
    step = retry.decide(attempts=attempts, is_permanent=False, now=NOW, jitter=jitter)
    assert step == Retry(NOW + retry.delay(attempts, jitter=jitter))


def test_the_last_attempt_comes_two_and_a_half_to_five_hours_after_the_first() -> None:
    whole = sum((retry.delay(attempts, jitter=0) for attempts in range(1, retry.MAX_ATTEMPTS)), timedelta(0))
    assert timedelta(hours=2.5) < whole / 2 < whole < timedelta(hours=5.25)


@pytest.mark.parametrize("attempts", [retry.MAX_ATTEMPTS, retry.MAX_ATTEMPTS + 1])
def test_the_last_attempt_is_the_last(attempts: int) -> None:
    step = retry.decide(attempts=attempts, is_permanent=False, now=NOW, jitter=0)
    assert step == GiveUp(f"gave up after {attempts} attempts")


def test_what_is_refused_for_good_is_not_tried_again() -> None:
    step = retry.decide(attempts=1, is_permanent=True, now=NOW, jitter=0)
    assert step == GiveUp("the other side refused it for good")
