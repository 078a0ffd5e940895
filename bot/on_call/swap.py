"""Swap: somebody asks another person to take a shift, who accepts or declines; once, and before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import swap_question, text
from bot.errors import NotAllowedError
from bot.on_call import override, request, rosters, tasks
from routing import schedule, schedule_times
from routing.schedule import Override, Shift
from routing.ticket import DESKBELL
from storage.swaps import SwapState

if TYPE_CHECKING:
    from datetime import datetime

    from bot.on_call.request import SwapWish
    from bot.on_call.rosters import Roster
    from bot.services import Services
    from storage.swaps import Swap
    from storage.unit_of_work import UnitOfWork


async def ask(services: Services, named: str | None, wish: SwapWish, *, agent_id: str) -> Swap:
    """Ask for the next shift of the one who asks, or for the one that is named.

    Raises:
        NotAllowedError: there is no such shift, or nobody to ask.
    """
    person = await request.person(services, wish.person)
    if person == agent_id:
        raise NotAllowedError("That is you. Mention whom you want to ask.")
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        found = await rosters.load(services, uow, [named] if named else None, at=now)
        roster, shift = _chosen(list(found.values()), wish.shift, agent_id=agent_id, now=now)
        if person in roster.at(shift.start):
            raise NotAllowedError(f"{text.user(person)} is on call then anyway.")
        if await uow.swaps.is_asked(roster.name, requester=agent_id, start=shift.start):
            raise NotAllowedError("Somebody is being asked for this shift already.")
        asked = await uow.swaps.ask(
            roster.name, requester=agent_id, person=person, start=shift.start, end=shift.end, now=now
        )
        await _note(uow, asked, "swap_asked", actor=agent_id, now=now)
        await tasks.ask_swap(uow, asked, now=now)
        await uow.commit()
    return asked


async def answer(services: Services, swap_id: int, state: SwapState, *, agent_id: str) -> None:
    """Accept or decline; who is accepted is on call instead of the one who asked.

    Raises:
        NotAllowedError: another person was asked, the shift has begun, or there is an answer already.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        asked = await uow.swaps.get(swap_id)
        if asked.person != agent_id:
            raise NotAllowedError(f"Only {text.user(asked.person)} can answer this.")
        if asked.start <= now:
            raise NotAllowedError("This shift has begun: it can no longer be taken.")
        if not await uow.swaps.settle(swap_id, state, now=now):
            raise NotAllowedError(f"This is {asked.state} already.")
        if state is SwapState.ACCEPTED:
            taken = Override(start=asked.start, end=asked.end, person=asked.person, replaces=asked.requester)
            await override.add(services, uow, asked.schedule, taken, agent_id=agent_id)
        await tell_of(uow, asked, state, actor=agent_id, now=now)
        await uow.commit()


async def tell_of(uow: UnitOfWork, asked: Swap, state: SwapState, *, actor: str, now: datetime) -> None:
    """Tell both what became of a request, in the caller's transaction."""
    await _note(uow, asked, f"swap_{state}", actor=actor, now=now)
    shift = Shift(asked.start, asked.end, (asked.person,))
    told = swap_question.told(asked.schedule, shift, person=asked.person, answer=state.value)
    await tasks.tell(uow, asked.requester, told, now=now)
    await tasks.update_swap(uow, asked, now=now)


async def expire(uow: UnitOfWork, swap_id: int, *, now: datetime) -> None:
    """End a request that nobody has answered, when its shift begins."""
    if await uow.swaps.settle(swap_id, SwapState.EXPIRED, now=now):
        asked = await uow.swaps.get(swap_id)
        await tell_of(uow, asked, SwapState.EXPIRED, actor=DESKBELL, now=now)


def _chosen(found: list[Roster], wanted: str, *, agent_id: str, now: datetime) -> tuple[Roster, Shift]:
    """The wanted one of a person's shifts that have not begun: by number, by day, or the next."""
    own = [
        (roster, shift)
        for roster in found
        for shift in roster.shifts_of(agent_id, now, now + schedule.HORIZON)
        if shift.start > now
    ]
    own.sort(key=lambda pair: pair[1].start)
    if wanted.isdecimal():
        own = own[max(int(wanted), 1) - 1 :]
    elif wanted:
        own = [(roster, shift) for roster, shift in own if shift.end > _day(wanted, roster, now)]
    if not own:
        raise NotAllowedError("You have no such shift ahead.")
    return own[0]


def _day(wanted: str, roster: Roster, now: datetime) -> datetime:
    try:
        return schedule_times.moment(wanted, now=now, zone=roster.zone)
    except ValueError as error:
        raise NotAllowedError(f"Which shift? {error}.") from error


async def _note(uow: UnitOfWork, asked: Swap, action: str, *, actor: str, now: datetime) -> None:
    await uow.audit.add(
        action,
        trace_id=tasks.TRACE,
        ticket_id=None,
        actor=actor,
        now=now,
        schedule=asked.schedule,
        requester=asked.requester,
        person=asked.person,
        start=asked.start.isoformat(),
        end=asked.end.isoformat(),
    )
