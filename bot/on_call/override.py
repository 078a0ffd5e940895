"""Override: somebody is put on call for a while, and that is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import on_call_notices
from blocks.on_call import ShownOverride
from bot.errors import NotAllowedError
from bot.on_call import request, rosters, tasks
from routing import schedule_times
from routing.schedule import Override, Shift

if TYPE_CHECKING:
    from bot.on_call.request import OverrideWish
    from bot.services import Services
    from storage.unit_of_work import UnitOfWork


async def override(
    services: Services, schedule: str | None, wish: OverrideWish, *, agent_id: str
) -> tuple[str, ShownOverride]:
    """Write it down, and tell whom it puts on call; gives the schedule, too.

    Raises:
        NotAllowedError: it is not clear who, when or in which schedule.
    """
    name = _schedule(services, schedule)
    person = await request.person(services, wish.person)
    replaces = await request.person(services, wish.replaces) if wish.replaces else None
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        zone = (await rosters.get(services, uow, name, at=now)).zone
        try:
            start, end = schedule_times.period(wish.when, now=now, zone=zone)
        except ValueError as error:
            raise NotAllowedError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
        made = Override(start=start, end=end, person=person, replaces=replaces)
        override_id = await add(services, uow, name, made, agent_id=agent_id)
        if person != agent_id:
            told = on_call_notices.put_on_call(name, Shift(start, end, (person,)), by=agent_id)
            await tasks.tell(uow, person, told, now=now)
        await uow.commit()
    return name, ShownOverride(id=override_id, override=made, created_by=agent_id)


async def add(services: Services, uow: UnitOfWork, schedule: str, made: Override, *, agent_id: str) -> int:
    """Write down an override in the caller's transaction; it counts at once."""
    now = services.clock()
    override_id = await uow.overrides.add(schedule, made, created_by=agent_id, now=now)
    await uow.audit.add(
        "overridden",
        trace_id=tasks.TRACE,
        ticket_id=None,
        actor=agent_id,
        now=now,
        schedule=schedule,
        person=made.person,
        instead_of=made.replaces or "",
        start=made.start.isoformat(),
        end=made.end.isoformat(),
    )
    await tasks.watch(uow, schedule, now=now)
    return override_id


async def undo(services: Services, override_id: int, *, agent_id: str) -> None:
    """Take an override back, and tell whom it put on call.

    Raises:
        NotAllowedError: it is over, or was taken back already.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        stored = await uow.overrides.get(override_id)
        if not await uow.overrides.cancel(override_id, agent_id=agent_id, now=now):
            raise NotAllowedError("This override is over, or was taken back already.")
        made = stored.override
        await uow.audit.add(
            "override_cancelled",
            trace_id=tasks.TRACE,
            ticket_id=None,
            actor=agent_id,
            now=now,
            schedule=stored.schedule,
            person=made.person,
        )
        shift = Shift(made.start, made.end, (made.person,))
        for person in {made.person, made.replaces} - {agent_id, None}:
            told = on_call_notices.taken_back(stored.schedule, shift, by=agent_id)
            await tasks.tell(uow, str(person), told, now=now)
        await tasks.watch(uow, stored.schedule, now=now)
        await uow.commit()


def _schedule(services: Services, named: str | None) -> str:
    if named is not None:
        return named
    names = list(services.config.schedules)
    if len(names) != 1:
        there = ", ".join(f"`{name}`" for name in names) or "none"
        raise NotAllowedError(f"Which schedule? Write its name after `oncall`; there are {there}.")
    return names[0]
