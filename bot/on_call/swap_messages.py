"""The effects of a swap: the question, its answer, and its end."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from blocks import on_call_notices, swap_question
from bot import effects
from bot.desk.posting import post_once
from bot.errors import ChannelUnavailableError, MessageGoneError
from bot.on_call import swap, tasks
from routing.schedule import Shift
from storage.swaps import SwapState

if TYPE_CHECKING:
    from blocks.message import SlackMessage
    from bot.effects import Record
    from bot.integrations.interfaces import Posted
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.swaps import Swap
    from storage.unit_of_work import UnitOfWork


def _question(asked: Swap) -> SlackMessage:
    return swap_question.build(
        asked.id,
        asked.schedule,
        Shift(asked.start, asked.end, (asked.person,)),
        requester=asked.requester,
        answer=asked.state.value,
    )


class AskSwap:
    """`on_call.ask_swap`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            asked = await uow.swaps.get(entry.payload["swap_id"])
        if asked.state is not SwapState.OPEN:
            return effects.nothing  # its shift has begun while Slack was away
        try:
            posted = await post_once(self._services.workspace, entry, asked.person, _question(asked))
        except ChannelUnavailableError:
            return lambda uow: self._unreachable(uow, asked)
        return lambda uow: self._posted(uow, asked, posted)

    async def _posted(self, uow: UnitOfWork, shown: Swap, posted: Posted) -> None:
        await uow.swaps.place(shown.id, channel=posted.channel, ts=posted.ts)
        asked = await uow.swaps.get(shown.id)
        if asked.state is not shown.state:  # faster than this was written down
            await tasks.update_swap(uow, asked, now=self._services.clock())

    async def _unreachable(self, uow: UnitOfWork, asked: Swap) -> None:
        now = self._services.clock()
        if await uow.swaps.settle(asked.id, SwapState.DECLINED, now=now):
            shift = Shift(asked.start, asked.end, (asked.person,))
            told = swap_question.unreachable(asked.schedule, shift, person=asked.person)
            await tasks.tell(uow, asked.requester, told, now=now)


class UpdateSwap:
    """`on_call.update_swap`: shows how things are now."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            asked = await uow.swaps.get(entry.payload["swap_id"])
        if asked.channel and asked.ts:
            with suppress(MessageGoneError, ChannelUnavailableError):  # somebody wanted it gone
                await self._services.workspace.update(asked.channel, asked.ts, _question(asked))
        return effects.nothing


class ExpireSwap:
    """`on_call.expire_swap`: a timer for the moment when the shift begins."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        return lambda uow: swap.expire(uow, entry.payload["swap_id"], now=self._services.clock())


class Tell:
    """`on_call.tell`: a direct message to one person."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        message = on_call_notices.build(entry.payload["text"])
        await post_once(self._services.workspace, entry, entry.payload["person"], message)
        return effects.nothing
