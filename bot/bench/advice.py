"""What a figure means for a team, in words."""

from __future__ import annotations

_BUSIEST_HOUR = 0.2
"""The share of a day's mail that comes in its busiest hour: offices get a sixth, outages and newsletters more."""
_BUSY = 0.5
"""How busy the desk may be in that hour: the rest is for people, retries and what the team did not foresee."""


def mails_a_day(per_second: float) -> int:
    """How many suit a desk that stores and routes so many a second for as long as it must, in two digits."""
    exact = int(per_second * 3600 * _BUSY / _BUSIEST_HOUR)
    rest: int = 10 ** max(0, len(str(exact)) - 2)
    return exact // rest * rest


def words(per_second: float, *, engine: str, wanted: int | None) -> str:
    """How many mails a day suit, or whether `wanted` do."""
    suits = mails_a_day(per_second)
    ground = (
        f"stored and routed, {per_second:,.0f} mails a second; a fifth of a day's mail is taken to come in its busiest "
        "hour, in which the desk is to be half busy"
    )
    if wanted is None:
        return f"This suits {suits:,} mails a day ({ground})."
    if wanted <= suits:
        return f"This suits {wanted:,} mails a day, and up to {suits:,} ({ground})."
    return f"This does not suit {wanted:,} mails a day, but up to {suits:,} ({ground}). {_more(engine)}"


def _more(engine: str) -> str:
    if engine == "SQLite":
        return "More bear a faster disk, or PostgreSQL with several worker processes."
    return "More bear several worker processes, each with a share of the work, or a faster disk below PostgreSQL."
