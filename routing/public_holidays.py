"""Public holidays by country and subdivision, from the `holidays` package."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


def check(region: str) -> str:
    """A region as it is written: `DE`, or `DE-BE` with a subdivision.

    Raises:
        ValueError: there is no such country, or it has no such subdivision.
    """
    # Imported late: it costs 40 ms, and few desks name a country.
    import holidays  # noqa: PLC0415 - as above

    country, _, subdivision = region.partition("-")
    countries = holidays.list_supported_countries()
    if country not in countries:
        raise ValueError(f"no country {country!r} is known: write its code such as DE, US or GB")
    if subdivision and subdivision not in countries[country]:
        known = ", ".join(countries[country]) or "none"
        raise ValueError(f"{country} has no subdivision {subdivision!r}; there are {known}")
    return region


def is_holiday(region: str, day: date) -> bool:
    return day in _of_year(region, day.year)


@lru_cache(maxsize=512)
def _of_year(region: str, year: int) -> frozenset[date]:
    # By the year and kept as a set: the package's own object grows while it is asked, which threads must not share.
    import holidays  # noqa: PLC0415 - as in `check`

    country, _, subdivision = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
