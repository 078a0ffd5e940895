"""`/support`: what a person asks of the desk. Every answer is private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from blocks import blocked_addresses as blocked_message
from blocks import dead_letters as dead_letters_message
from blocks import help as support_help
from blocks import (
    incident_list,
    open_escalations,
    reload_report,
    replay_message,
    replay_report,
    support_ticket,
    text,
)
from blocks import parked as parked_message
from blocks import rules_overview as rules_message
from bot.desk import (
    card_view,
    dead_addresses,
    dead_letters,
    parked,
    references,
    reload,
    replay,
    replay_request,
    rules_overview,
)
from bot.errors import NotAllowedError
from bot.escalation import escalate, overview
from bot.incidents import overview as incident_overview
from bot.listeners.commands import oncall
from bot.listeners.whisper import DATABASE_DOWN
from routing.decision import Priority
from storage.errors import NotFoundError, StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_bolt.context.respond.async_respond import AsyncRespond

    from blocks.message import SlackMessage
    from bot.services import Services

    Answer = Callable[[Services, str, "Caller"], Awaitable[SlackMessage]]


class Caller(NamedTuple):
    """Who typed it, and where."""

    agent_id: str
    channel: str


async def called(
    ack: AsyncAck, command: dict[str, Any], context: AsyncBoltContext, respond: AsyncRespond
) -> None:
    await ack()
    services: Services = context["services"]
    word, _, argument = command.get("text", "").strip().partition(" ")
    answer = _ANSWERS.get(word.lower(), _unknown)
    try:
        caller = Caller(agent_id=context["agent_id"], channel=command["channel_id"])
        message = await answer(services, argument.strip() if answer is not _unknown else word, caller)
    except NotFoundError:
        await respond(text="There is no such ticket.", response_type="ephemeral")
    except NotAllowedError as error:
        await respond(text=str(error), response_type="ephemeral")
    except StorageUnavailableError:
        await respond(text=DATABASE_DOWN, response_type="ephemeral")
    else:
        await respond(response_type="ephemeral", **message.payload())


async def _help(services: Services, _argument: str, _caller: Caller) -> SlackMessage:
    return support_help.build(prefix=services.config.desk.ticket_prefix)


async def _ticket(services: Services, argument: str, _caller: Caller) -> SlackMessage:
    ticket_id = references.read(services, argument)
    async with services.storage.reading() as uow:
        ticket = await uow.tickets.get(ticket_id)
        card = await card_view.load(services, uow, ticket)
    return support_ticket.build(card, now=services.clock())


async def _incidents(services: Services, _argument: str, _caller: Caller) -> SlackMessage:
    return incident_list.build(await incident_overview.open_ones(services), now=services.clock())


async def _replay(services: Services, argument: str, caller: Caller) -> SlackMessage:
    if argument and not argument.startswith(("-", "—")):
        name, then, now = await replay.replay(services, argument)
        return replay_report.build(name, then, now)
    options = replay_request.read(services.config, argument)
    ruleset = services.config.ruleset()
    await replay_request.start(services, ruleset, options, agent_id=caller.agent_id, channel=caller.channel)
    return replay_message.started()


async def _rules(services: Services, _argument: str, caller: Caller) -> SlackMessage:
    is_lead = caller.agent_id in services.config.desk.leads
    return rules_message.build(await rules_overview.look(services), can_try=is_lead)


async def _reload(services: Services, _argument: str, caller: Caller) -> SlackMessage:
    return reload_report.build(await reload.asked(services, agent_id=caller.agent_id))


async def _oncall(services: Services, argument: str, caller: Caller) -> SlackMessage:
    return await oncall.answer(services, argument, agent_id=caller.agent_id)


async def _escalate(services: Services, argument: str, caller: Caller) -> SlackMessage:
    number, _, reason = argument.partition(" ")
    ticket_id = references.read(services, number)
    if not reason.strip():
        raise NotAllowedError(f"Why? Write `/support escalate {services.reference(ticket_id)} the reason`.")
    await escalate.escalate(
        services, ticket_id, reason=reason.strip(), urgency=Priority.HIGH, agent_id=caller.agent_id
    )
    return open_escalations.started(services.reference(ticket_id))


async def _escalations(services: Services, _argument: str, _caller: Caller) -> SlackMessage:
    rows, has_more = await overview.look(services)
    return open_escalations.build(rows, has_more=has_more)


async def _dead_letters(services: Services, _argument: str, _caller: Caller) -> SlackMessage:
    letters, total = await dead_letters.newest(services)
    return dead_letters_message.build(letters, total=total, now=services.clock())


async def _parked(services: Services, _argument: str, _caller: Caller) -> SlackMessage:
    mails, total = await parked.newest(services)
    return parked_message.build(mails, total=total, now=services.clock())


async def _blocked(services: Services, _argument: str, _caller: Caller) -> SlackMessage:
    blocked = [
        blocked_message.Blocked(address=found.address, reason=found.reason, expires_at=found.expires_at)
        for found in await dead_addresses.newest(services)
    ]
    return blocked_message.build(blocked)


async def _unblock(services: Services, argument: str, _caller: Caller) -> SlackMessage:
    await dead_addresses.unblock(services, argument)
    return blocked_message.changed(f"Mail goes to {argument} again.")


async def _block(services: Services, argument: str, caller: Caller) -> SlackMessage:
    await dead_addresses.suppress(services, argument, agent_id=caller.agent_id)
    return blocked_message.changed(f"No mail goes to {argument} any more, until somebody unblocks it.")


async def _unknown(_services: Services, word: str, _caller: Caller) -> SlackMessage:
    raise NotAllowedError(
        f"`/support {text.line(word, limit=40)}` is unknown. `/support` shows what there is."
    )


_ANSWERS: dict[str, Answer] = {
    "": _help,
    "help": _help,
    "ticket": _ticket,
    "incidents": _incidents,
    "replay": _replay,
    "rules": _rules,
    "reload": _reload,
    "oncall": _oncall,
    "escalate": _escalate,
    "escalations": _escalations,
    "dead-letters": _dead_letters,
    "parked": _parked,
    "blocked": _blocked,
    "block": _block,
    "unblock": _unblock,
}
