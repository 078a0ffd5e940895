"""A schedule as it is at the moment: what its author wrote or its calendar last said, and what people changed."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from bot.config_schedules import FedSchedule
from bot.errors import NotAllowedError
from routing import duties, schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.config_schedules import Schedule
    from bot.services import Services
    from routing.schedule import Override, Rota, Shift
    from storage.duty_copies import DutyCopy
    from storage.overrides import StoredOverride
    from storage.unit_of_work import UnitOfWork


_SOON = timedelta(days=30)


class Roster(NamedTuple):
    """All that says who is on call by one schedule, within the time for which it was loaded."""

    name: str
    zone: ZoneInfo
    rota: Rota
    stored: tuple[StoredOverride, ...]
    copy: DutyCopy | None
    """Of a calendar elsewhere, if there is one yet."""

    @property
    def overrides(self) -> tuple[Override, ...]:
        return tuple(stored.override for stored in self.stored)

    def at(self, at: datetime) -> tuple[str, ...]:
        """Who is on call."""
        return schedule.on_call_at(self.rota, self.overrides, at)

    def hand_over_after(self, at: datetime) -> datetime | None:
        """When others will be."""
        return schedule.next_handover(self.rota, self.overrides, at)

    def next_after(self, at: datetime) -> Shift | None:
        """The next shift of others."""
        return schedule.next_shift(self.rota, self.overrides, at)

    def relief_of(self, person: str, at: datetime) -> datetime | None:
        """When somebody who is on call no longer is, whoever comes and goes beside them; None if not soon."""
        (shift, *_) = self.shifts_of(person, at, at + _SOON)
        return shift.end if shift.end < at + _SOON else None

    def shifts_of(self, person: str, start: datetime, end: datetime) -> tuple[Shift, ...]:
        """When one person is on call."""
        return schedule.shifts_of(person, self.rota, self.overrides, start, end)


async def load(
    services: Services, uow: UnitOfWork, names: Iterable[str] | None = None, *, at: datetime
) -> dict[str, Roster]:
    """Schedules by name, all of them by default, as far as they count from a moment on."""
    known = services.config.schedules
    wanted = known if names is None else [name for name in names if name in known]
    return await read({name: known[name] for name in wanted}, uow, at=at)


async def read(schedules: Mapping[str, Schedule], uow: UnitOfWork, *, at: datetime) -> dict[str, Roster]:
    """The schedules of a configuration, whether a desk runs or not."""
    changed = defaultdict(list)
    for stored in await uow.overrides.within(list(schedules), start=at, end=at + schedule.HORIZON):
        changed[stored.schedule].append(stored)
    fed = [name for name, described in schedules.items() if isinstance(described, FedSchedule)]
    copies = await uow.duty_copies.of(fed)
    return {
        name: _roster(name, described, tuple(changed[name]), copies.get(name))
        for name, described in schedules.items()
    }


async def get(services: Services, uow: UnitOfWork, name: str, *, at: datetime) -> Roster:
    """One schedule.

    Raises:
        NotAllowedError: it is not configured.
    """
    found = await load(services, uow, [name], at=at)
    if name not in found:
        raise NotAllowedError(f"There is no schedule {name}.")
    return found[name]


def _roster(
    name: str, described: Schedule, stored: tuple[StoredOverride, ...], copy: DutyCopy | None
) -> Roster:
    zone = ZoneInfo(described.zone)
    if not isinstance(described, FedSchedule):
        return Roster(name, zone, described, stored, None)
    said = copy.duties if copy else ()
    return Roster(name, zone, duties.timetable(said, described.feed.people), stored, copy)
