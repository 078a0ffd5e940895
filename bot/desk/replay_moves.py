"""Apply a replay to the open tickets, and undo it: only tickets move that nobody has claimed or moved by hand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot import effects
from bot.desk import leads, moving, replay_request, replay_view
from bot.desk.moving import ReplayStep
from bot.errors import NotAllowedError
from bot.replaying.decider import Decider
from routing import guesses
from routing.rules import Ruleset
from storage.replays import ReplayMove, ReplayState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.effects import Record
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.replay_mails import Scope, WaitingTicket
    from storage.replays import StoredReplay
    from storage.unit_of_work import UnitOfWork

_PAGE = 100


async def apply(services: Services, replay_id: int, *, agent_id: str) -> None:
    """Begin to move the open tickets.

    Raises:
        NotAllowedError: this person is no lead, it was applied before, or another model guesses now.
    """
    leads.refuse_others(services, agent_id)
    now = services.clock()
    async with services.storage.unit_of_work() as uow:
        replay = await uow.replays.get(replay_id)
        if replay_view.model(replay) != guesses.deciding(services.config.guesser):
            raise NotAllowedError("Another model guesses now than in this replay: run it once more.")
        if not await uow.replays.step(
            replay_id,
            expected=ReplayState.DONE,
            to=ReplayState.APPLYING,
            applied_at=now,
            applied_by=agent_id,
        ):
            raise NotAllowedError("This replay was applied already.")
        await effects.replay(uow, effects.Kind.APPLY_REPLAY, replay_id, actor=agent_id, now=now)
        await effects.update_replay(uow, replay_id, channel=replay.channel, now=now)
        await uow.commit()


async def undo(services: Services, replay_id: int, *, agent_id: str) -> None:
    """Begin to move back what is still unclaimed and where the replay has put it.

    Raises:
        NotAllowedError: this person is no lead, or it is too late.
    """
    leads.refuse_others(services, agent_id)
    now = services.clock()
    async with services.storage.unit_of_work() as uow:
        replay = await uow.replays.get(replay_id)
        if not replay_view.can_undo(services, replay) or not await uow.replays.step(
            replay_id, expected=ReplayState.APPLIED, to=ReplayState.UNDOING, undone_at=now
        ):
            raise NotAllowedError(
                "This cannot be undone any more: it was undone already, or ten minutes are over."
            )
        await effects.replay(uow, effects.Kind.UNDO_REPLAY, replay_id, actor=agent_id, now=now)
        await effects.update_replay(uow, replay_id, channel=replay.channel, now=now)
        await uow.commit()


async def count(services: Services, scope: Scope, decider: Decider) -> int:
    """How many open tickets would move now."""
    return sum([len(page) async for page in _differing(services, scope, decider)])


async def _differing(
    services: Services, scope: Scope, decider: Decider
) -> AsyncIterator[list[tuple[WaitingTicket, str]]]:
    """Tickets that the rules send elsewhere, each with its new queue, in pages."""
    async with services.storage.reading() as uow:
        ids = await uow.replay_mails.unclaimed()
    for start in range(0, len(ids), _PAGE):
        async with services.storage.reading() as uow:
            page = await uow.replay_mails.waiting(scope, ids[start : start + _PAGE])
        queues = await asyncio.to_thread(_decided, decider, page)
        known = services.config.queues
        yield [
            (ticket, queue)
            for ticket, queue in zip(page, queues, strict=True)
            if queue is not None and queue != ticket.queue and queue in known
        ]


def _decided(decider: Decider, page: list[WaitingTicket]) -> list[str | None]:
    return [decider.queue(ticket.mail) for ticket in page]


class ApplyReplay:
    """`slack.apply_replay`: decides each open ticket anew, and moves it if it is still to be had.

    What an earlier attempt has moved is where it belongs, so that a second one goes on behind it.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            replay = await uow.replays.get(entry.payload["replay_id"])
        ruleset = await asyncio.to_thread(Ruleset.model_validate_json, replay.candidate)
        decider = Decider(ruleset, self._services.config.guesser)
        async for page in _differing(self._services, replay_request.scope(replay.options), decider):
            async with self._services.storage.unit_of_work() as uow:
                for ticket, queue in page:
                    await self._move(uow, replay, ticket, queue, actor=entry.payload["actor"])
                await uow.commit()
        return lambda uow: self._end(uow, replay)

    async def _move(
        self, uow: UnitOfWork, replay: StoredReplay, ticket: WaitingTicket, queue: str, *, actor: str
    ) -> None:
        if await moving.move_unclaimed(
            self._services,
            uow,
            ticket.ticket_id,
            from_queue=ticket.queue,
            queue=queue,
            step=ReplayStep.APPLIED,
            replay_id=replay.id,
            actor=actor,
        ):
            move = ReplayMove(ticket_id=ticket.ticket_id, from_queue=ticket.queue, to_queue=queue)
            await uow.replays.add_move(replay.id, move)

    async def _end(self, uow: UnitOfWork, replay: StoredReplay) -> None:
        now = self._services.clock()
        await uow.replays.step(replay.id, expected=ReplayState.APPLYING, to=ReplayState.APPLIED)
        await effects.update_replay(uow, replay.id, channel=replay.channel, now=now)
        # Then Undo goes.
        over = (replay.applied_at or now) + replay_view.UNDO_WITHIN
        await effects.update_replay(uow, replay.id, channel=replay.channel, now=now, due_at=over)


class UndoReplay:
    """`slack.undo_replay`: moves back what is still unclaimed and where the replay has put it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            replay = await uow.replays.get(entry.payload["replay_id"])
            moves = await uow.replays.moves(replay.id)
        for start in range(0, len(moves), _PAGE):
            async with self._services.storage.unit_of_work() as uow:
                for move in moves[start : start + _PAGE]:
                    await self._move_back(uow, replay, move, actor=entry.payload["actor"])
                await uow.commit()
        return lambda uow: self._end(uow, replay)

    async def _move_back(
        self, uow: UnitOfWork, replay: StoredReplay, move: ReplayMove, *, actor: str
    ) -> None:
        if move.from_queue not in self._services.config.queues:
            return
        await moving.move_unclaimed(
            self._services,
            uow,
            move.ticket_id,
            from_queue=move.to_queue,
            queue=move.from_queue,
            step=ReplayStep.UNDONE,
            replay_id=replay.id,
            actor=actor,
        )

    async def _end(self, uow: UnitOfWork, replay: StoredReplay) -> None:
        await uow.replays.step(replay.id, expected=ReplayState.UNDOING, to=ReplayState.UNDONE)
        await effects.update_replay(uow, replay.id, channel=replay.channel, now=self._services.clock())
