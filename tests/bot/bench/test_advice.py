from __future__ import annotations

import pytest

from bot.bench import advice


@pytest.mark.parametrize(
    ("per_second", "a_day"), [(100, 900_000), (2.5, 22_000), (1, 9_000), (0.001, 9), (0, 0)]
)
def test_half_of_the_busiest_hour_is_kept_free(per_second: float, a_day: int) -> None:
    """A fifth of the mail in an hour, of whose 3,600 seconds half may be used; told in two digits."""
    assert advice.mails_a_day(per_second) == a_day


def test_without_a_wish_it_says_how_many_suit() -> None:
    words = advice.words(100, engine="SQLite", wanted=None)
    assert words.startswith("This suits 900,000 mails a day (")


def test_a_wish_that_fits_suits() -> None:
    words = advice.words(100, engine="SQLite", wanted=900_000)
    assert words.startswith("This suits 900,000 mails a day, and up to 900,000 (")


@pytest.mark.parametrize(
    ("engine", "advised"),
    [("SQLite", "or PostgreSQL with several"), ("PostgreSQL", "several worker processes")],
)
def test_a_wish_that_is_too_large_is_told_what_bears_more(engine: str, advised: str) -> None:
    words = advice.words(100, engine=engine, wanted=900_001)
    assert words.startswith("This does not suit 900,001 mails a day, but up to 900,000 (")
    assert advised in words
