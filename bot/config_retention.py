"""How long what is over and done is kept."""

from __future__ import annotations

from datetime import timedelta

from bot.config_types import Duration  # noqa: TC001 - pydantic reads the annotations
from routing.strict import Strict


class Retention(Strict):
    """Mails, tickets, the audit trail and dead letters are kept; these are their by-products."""

    outbox: Duration = timedelta(days=30)
    """Effects that happened or were discarded: what a trace shows under Outgoing."""
    rule_hits: Duration = timedelta(days=180)
    """Which rule had an effect on which mail: the counts of `/support rules` and `deskbell check --history`."""
