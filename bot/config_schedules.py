"""On-call schedules, as support.yaml describes them; what opens a calendar elsewhere comes from the environment."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag

from bot.config_directory import BaseUrl  # noqa: TC001 - pydantic reads the annotations
from bot.config_types import Duration, Line, Person  # noqa: TC001 - as above
from routing import schedule
from routing.business_hours import Zone  # noqa: TC001 - as above
from routing.strict import Strict, shaped

UserGroup = Annotated[str, shaped(r"S[A-Z0-9]{2,}", "a Slack user group id (S...)")]


def _is_slow(refresh: timedelta) -> timedelta:
    if refresh < timedelta(minutes=1):
        raise ValueError("must be a minute or more")
    return refresh


class _Synced(Strict):
    """What every kind may have."""

    user_group: UserGroup | None = None
    """Its members become those who are on call, at each hand-over."""


class LayeredSchedule(_Synced, schedule.Schedule):
    """One that is written down here."""


class Feed(Strict):
    """What calendars elsewhere have in common."""

    people: dict[Line, Person] = Field(min_length=1)
    """The Slack user id by the address or name that the calendar knows."""
    refresh: Annotated[Duration, AfterValidator(_is_slow)] = timedelta(minutes=30)
    """How often it is read."""


class ICal(Feed):
    """An address that gives iCalendar (RFC 5545); it is a secret."""


class PagerDuty(Feed):
    """A schedule of PagerDuty, by its REST API."""

    schedule: Annotated[str, shaped(r"P[A-Z0-9]+", "the id of a schedule of PagerDuty (P...)")]
    url: BaseUrl = "https://api.pagerduty.com"


class ICalSchedule(_Synced):
    """One that a calendar keeps."""

    zone: Zone = "UTC"
    """For what people type, and for entries of the calendar that name no zone."""
    ical: ICal

    @property
    def feed(self) -> Feed:
        """Where it is read."""
        return self.ical


class PagerDutySchedule(_Synced):
    """One that PagerDuty keeps."""

    zone: Zone = "UTC"
    """For what people type."""
    pagerduty: PagerDuty

    @property
    def feed(self) -> Feed:
        """Where it is read."""
        return self.pagerduty


FedSchedule = ICalSchedule | PagerDutySchedule
"""Somebody else keeps it, and the desk has a copy."""

_KINDS = ("layers", "ical", "pagerduty")


def _tag(value: Any) -> str | None:
    found = [kind for kind in _KINDS if (kind in value if isinstance(value, dict) else hasattr(value, kind))]
    return f"<{found[0]}>" if len(found) == 1 else None


Schedule = Annotated[
    Annotated[LayeredSchedule, Tag("<layers>")]
    | Annotated[ICalSchedule, Tag("<ical>")]
    | Annotated[PagerDutySchedule, Tag("<pagerduty>")],
    Discriminator(
        _tag,
        custom_error_type="schedule",
        custom_error_message=f"needs exactly one of {', '.join(_KINDS)}",
    ),
]
