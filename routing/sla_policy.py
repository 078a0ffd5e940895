"""What a queue promises to a tier, and how the time is measured."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from routing.business_hours import BusinessHours  # noqa: TC001 - pydantic reads the annotations
from routing.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Mapping


class Metric(StrEnum):
    """What is measured; stored strings, stable for ever."""

    FIRST_RESPONSE = "first_response"
    """From the mail that opens the ticket to our first answer."""
    NEXT_RESPONSE = "next_response"
    """From a further mail of the customer to our next answer."""
    RESOLUTION = "resolution"
    """To the end, without the time in which the customer has our answer and we wait for theirs."""


class Policy(Strict):
    """A promise; it is written into the audit trail as it was when it was made."""

    first_response: timedelta | None = None
    next_response: timedelta | None = None
    resolution: timedelta | None = None
    hours: BusinessHours | None = None
    """Only the time within these counts; None counts around the clock."""
    warn_at: float = 0.8
    """The share of the time after which a warning is due."""

    def target(self, metric: Metric) -> timedelta | None:
        """How much time there is; None where nothing is promised."""
        target: timedelta | None = getattr(self, metric)
        return target

    def first_due_at(self, start: datetime) -> datetime | None:
        """When the first response is due to a mail that came at `start`."""
        return None if self.first_response is None else add(self.hours, start, self.first_response)


def written(policy: Policy) -> dict[str, str]:
    """The details of its entry in an audit trail."""
    values = policy.model_dump(mode="json", exclude_none=True)
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}


def read(detail: Mapping[str, str]) -> Policy:
    """The policy of an entry in an audit trail."""
    values = {name: detail[name] for name in Metric if name in detail}
    hours, warn_at = json.loads(detail.get("hours", "null")), json.loads(detail["warn_at"])
    return Policy.model_validate({**values, "hours": hours, "warn_at": warn_at})


def add(hours: BusinessHours | None, start: datetime, time: timedelta) -> datetime:
    """When so much time has passed, as it is measured."""
    return start + time if hours is None else hours.add(start, time)


def between(hours: BusinessHours | None, start: datetime, end: datetime) -> timedelta:
    """How much time has passed, as it is measured; none if the end is earlier."""
    return max(end - start, timedelta()) if hours is None else hours.between(start, end)
