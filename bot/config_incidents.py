"""Incidents: when many tickets of one cause become one card."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.config_types import Duration, Line  # noqa: TC001 - pydantic reads the annotations
from routing.rules import QueueId  # noqa: TC001 - as above
from routing.strict import Strict

_SHORTEST = timedelta(seconds=5)


def _bearable(every: timedelta) -> timedelta:
    if every < _SHORTEST:
        raise ValueError("must be 5s at least: Slack takes no more edits")
    return every


class Storm(Strict):
    """More than `tickets` of one intent `within` this time open an incident."""

    tickets: Annotated[int, Field(ge=1, le=10_000)] = 20
    within: Duration = timedelta(minutes=5)


class Incidents(Strict):
    """When an incident opens, and how it gathers its tickets."""

    storm: Storm | None = Storm()
    """None for no incident that opens by the mere number of tickets."""
    without_intents: frozenset[Line] = frozenset()
    without_queues: frozenset[QueueId] = frozenset()
    """Tickets that belong to no incident, however many they are."""
    join_for: Duration = timedelta(minutes=30)
    """An incident that nothing has joined for so long takes in no more; what comes then may open another one."""
    digest_every: Annotated[Duration, AfterValidator(_bearable)] = timedelta(seconds=20)
    """Least time between two edits of its card, and between two lists of new tickets in its thread."""
