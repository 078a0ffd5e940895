"""How much mail one address may get: a loop that no header gave away ends here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# As Zammad limits its automatic mail; people never come near.
_PER_TICKET = ((10, 10), (30, 15), (60, 25), (180, 50), (600, 100))
"""Minutes, and mails to one address about one ticket."""
_PER_ADDRESS = ((10, 30),)
"""Minutes, and mails to one address."""

LONGEST_WINDOW = timedelta(minutes=600)


def exceeded(sent: Sequence[tuple[int, datetime]], *, ticket_id: int, now: datetime) -> str | None:
    """The cap that one more mail would break, in words, or None.

    Args:
        sent: ticket and time of each mail to the address within `LONGEST_WINDOW`.
        ticket_id: what the next mail is about.
        now: when it would be sent.
    """
    about_ticket = [at for ticket, at in sent if ticket == ticket_id]
    everything = [at for _, at in sent]
    return _broken(_PER_TICKET, about_ticket, now, "about one ticket") or _broken(
        _PER_ADDRESS, everything, now, "to one address"
    )


def _broken(
    caps: Sequence[tuple[int, int]], times: Sequence[datetime], now: datetime, scope: str
) -> str | None:
    for minutes, most in caps:
        if sum(now - at < timedelta(minutes=minutes) for at in times) >= most:
            return f"{most} mails {scope} within {minutes} minutes"
    return None
