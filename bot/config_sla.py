"""What a queue promises to a tier, as it is written in support.yaml."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from routing import sla
from routing.sla_policy import Policy
from routing.strict import Strict

if TYPE_CHECKING:
    from routing.business_hours import BusinessHours

LONGEST = timedelta(days=90)
"""Nobody promises more, and a walk through the calendar stays short."""


def _time(value: Any) -> str:
    """Kept as it is written: how long a day is depends on the hours."""
    written = str(value)
    if sla.parse_duration(written) > LONGEST:
        raise ValueError(f"{written!r} is longer than 90 days")
    return written


def _share(value: Any) -> Any:
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdecimal():
        return int(value[:-1]) / 100
    raise ValueError(f"{value!r} is no share: write one such as 80%")


Time = Annotated[str, BeforeValidator(_time)]


class TierSla(Strict):
    """The times that a tier is promised; what is left out is not."""

    first_response: Time | None = None
    """From the mail that opens the ticket to the first answer."""
    next_response: Time | None = None
    """From a further mail to the next answer."""
    resolution: Time | None = None
    """To the end, without the time in which the desk waits for the customer."""
    hours: Literal["business", "always"] = "always"
    """Whether only business hours count; then a day is a working day."""
    warn_at: Annotated[float, BeforeValidator(_share), Field(gt=0, lt=1)] = 0.8
    """The share of the time after which the queue's people are warned."""

    @model_validator(mode="after")
    def _promises(self) -> Self:
        if not (self.first_response or self.next_response or self.resolution):
            raise ValueError("promises nothing: give first_response, next_response or resolution")
        return self

    def policy(self, hours: BusinessHours) -> Policy:
        """What it means where `hours` are the business hours."""
        counts = hours if self.hours == "business" else None
        day = counts.longest_day if counts else timedelta(days=1)
        names = ("first_response", "next_response", "resolution")
        written = {name: text for name in names if (text := getattr(self, name))}
        times = {name: sla.parse_duration(text, day=day) for name, text in written.items()}
        return Policy(**times, hours=counts, warn_at=self.warn_at)


def _spelled_out(value: Any) -> Any:
    """A time alone is that of the first response, around the clock."""
    if isinstance(value, dict | TierSla):
        return value
    return TierSla(first_response=_time(value))


Sla = Annotated[TierSla, BeforeValidator(_spelled_out)]
