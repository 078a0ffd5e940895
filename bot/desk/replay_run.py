"""The effects that run a replay and show it: one message, whose bar moves until it says what was found."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

from blocks import replay_message
from bot import effects
from bot.desk import replay_file, replay_moves, replay_request, replay_view
from bot.desk.posting import post_once
from bot.errors import ChannelUnavailableError, DeliveryError, MessageGoneError
from bot.replaying import runner
from bot.replaying.decider import Decider
from bot.replaying.result import Result
from bot.replaying.runner import Wish
from routing import guesses
from routing.rules import Ruleset
from storage.replays import ReplayState

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.integrations.interfaces import Posted
    from bot.replaying.runner import Progress
    from bot.services import Services
    from routing.guesses import Classifier
    from storage.outbox import OutboxEntry
    from storage.replays import StoredReplay
    from storage.unit_of_work import UnitOfWork

_FIRST_EDIT: Final = 0.5
_BETWEEN_EDITS: Final = 2.0
"""Seconds: Slack bears about one edit a second. The first comes early, because most replays take no longer."""
_LONGEST: Final = 35.0
"""Seconds: what then is done is shown. The lease of the entry is longer by what counting and posting may take."""


class Replay:
    """`slack.replay`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            replay = await uow.replays.get(entry.payload["replay_id"])
        guesser = self._services.config.guesser  # once: a reload may bring another one
        wish = await asyncio.to_thread(_wish, replay, guesser)
        place = await self._place(entry, replay)
        found = await self._run(replay, wish, place)
        movable = await replay_moves.count(self._services, wish.scope, Decider(wish.ruleset, guesser))
        report = replay_view.stored(found, movable=movable, model=guesses.deciding(guesser))
        return lambda uow: self._done(uow, replay, report, place)

    async def _place(self, entry: OutboxEntry, replay: StoredReplay) -> Posted | tuple[str, str]:
        """Where its message stands; posts it, unless an earlier attempt has."""
        if replay.ts:
            return replay.channel, replay.ts
        message = replay_message.progress(replay_view.asked(replay), done=0, total=0, seconds=0)
        try:
            posted = await post_once(self._services.workspace, entry, replay.channel, message)
        except ChannelUnavailableError:
            # The app is not where it was asked.
            posted = await post_once(self._services.workspace, entry, replay.requested_by, message)
        async with self._services.storage.unit_of_work() as uow:
            await uow.replays.place(replay.id, channel=posted.channel, ts=posted.ts)
            await uow.commit()
        return posted

    async def _run(self, replay: StoredReplay, wish: Wish, place: tuple[str, str]) -> Result:
        began_at = monotonic()
        shown_at = began_at + _FIRST_EDIT - _BETWEEN_EDITS
        async with aclosing(runner.run(self._services.storage, wish)) as steps:
            async for step in steps:
                now = monotonic()
                if now - began_at > _LONGEST:
                    break
                if now - shown_at >= _BETWEEN_EDITS:
                    shown_at = now
                    await self._show(replay, step, place, seconds=now - began_at)
        return Result(
            report=step.report, ruleset=wish.ruleset.content_hash, done=step.done, planned=step.total
        )

    async def _show(
        self, replay: StoredReplay, step: Progress, place: tuple[str, str], *, seconds: float
    ) -> None:
        message = replay_message.progress(
            replay_view.asked(replay), done=step.done, total=step.total, seconds=seconds
        )
        with suppress(DeliveryError):  # the next picture is as good
            await self._services.workspace.update(*place, message)

    async def _done(self, uow: UnitOfWork, replay: StoredReplay, report: str, place: tuple[str, str]) -> None:
        now = self._services.clock()
        await uow.replays.step(replay.id, expected=ReplayState.RUNNING, to=ReplayState.DONE, report=report)
        await effects.update_replay(uow, replay.id, channel=place[0], now=now)
        await replay_file.enqueue(uow, replay.id, channel=place[0], now=now)


class UpdateReplay:
    """`slack.update_replay`: shows how things are now."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            replay = await uow.replays.get(entry.payload["replay_id"])
            message = await replay_view.load(self._services, uow, replay)
        if replay.ts is not None:
            with suppress(MessageGoneError, ChannelUnavailableError):  # somebody wanted it gone
                await self._services.workspace.update(replay.channel, replay.ts, message)
        return effects.nothing


def _wish(replay: StoredReplay, classifier: Classifier) -> Wish:
    ruleset = Ruleset.model_validate_json(replay.candidate)
    _ = ruleset.content_hash, ruleset.index  # worked out here, off the event loop
    return Wish(
        ruleset=ruleset,
        scope=replay_request.scope(replay.options),
        limit=replay.options["limit"],
        classifier=classifier,
    )
