"""`/support oncall`: who is on call, overrides and swaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import on_call as on_call_message
from bot.on_call import override as overriding
from bot.on_call import overview, request
from bot.on_call import swap as swapping
from routing.schedule import Shift

if TYPE_CHECKING:
    from blocks.message import SlackMessage
    from bot.services import Services


async def answer(services: Services, argument: str, *, agent_id: str) -> SlackMessage:
    """Do what is asked.

    Raises:
        NotAllowedError: it is not clear what, who or when.
    """
    wish = request.read(services, argument)
    if wish.verb == "override":
        asked_for = request.override(wish.rest)
        schedule, made = await overriding.override(services, wish.schedule, asked_for, agent_id=agent_id)
        return on_call_message.made(made, schedule)
    if wish.verb == "swap":
        asked = await swapping.ask(services, wish.schedule, request.swap(wish.rest), agent_id=agent_id)
        shift = Shift(asked.start, asked.end, (asked.person,))
        return on_call_message.asked(asked.schedule, shift, person=asked.person)
    return on_call_message.build(await overview.look(services, wish.schedule))
