"""`/support`: help, tickets, replay, rules, dead letters, parked mails, blocked addresses. Every answer is private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import blocked_addresses as blocked_message
from blocks import dead_letters as dead_letters_message
from blocks import help as support_help
from blocks import parked as parked_message
from blocks import reload_report, replay_report, text, ticket_card
from blocks import rules_overview as rules_message
from bot.desk import (
    card_view,
    dead_addresses,
    dead_letters,
    parked,
    references,
    reload,
    replay,
    rules_overview,
)
from bot.errors import NotAllowedError
from bot.listeners.whisper import DATABASE_DOWN
from storage.errors import NotFoundError, StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_bolt.context.respond.async_respond import AsyncRespond

    from blocks.message import SlackMessage
    from bot.services import Services

    Answer = Callable[[Services, str, str], Awaitable[SlackMessage]]


async def called(
    ack: AsyncAck, command: dict[str, Any], context: AsyncBoltContext, respond: AsyncRespond
) -> None:
    await ack()
    services: Services = context["services"]
    word, _, argument = command.get("text", "").strip().partition(" ")
    answer = _ANSWERS.get(word.lower(), _unknown)
    try:
        message = await answer(
            services, argument.strip() if answer is not _unknown else word, context["agent_id"]
        )
    except NotFoundError:
        await respond(text="There is no such ticket.", response_type="ephemeral")
    except NotAllowedError as error:
        await respond(text=str(error), response_type="ephemeral")
    except StorageUnavailableError:
        await respond(text=DATABASE_DOWN, response_type="ephemeral")
    else:
        await respond(response_type="ephemeral", **message.payload())


async def _help(services: Services, _argument: str, _agent_id: str) -> SlackMessage:
    return support_help.build(prefix=services.config.desk.ticket_prefix)


async def _ticket(services: Services, argument: str, _agent_id: str) -> SlackMessage:
    ticket_id = references.read(services, argument)
    async with services.storage.reading() as uow:
        ticket = await uow.tickets.get(ticket_id)
        card = await card_view.load(services, uow, ticket)
    return ticket_card.build(card)


async def _replay(services: Services, argument: str, _agent_id: str) -> SlackMessage:
    ticket_id = references.read(services, argument)
    then, now = await replay.replay(services, ticket_id)
    return replay_report.build(services.reference(ticket_id), then, now)


async def _rules(services: Services, _argument: str, _agent_id: str) -> SlackMessage:
    return rules_message.build(await rules_overview.look(services))


async def _reload(services: Services, _argument: str, agent_id: str) -> SlackMessage:
    return reload_report.build(await reload.asked(services, agent_id=agent_id))


async def _dead_letters(services: Services, _argument: str, _agent_id: str) -> SlackMessage:
    letters, total = await dead_letters.newest(services)
    return dead_letters_message.build(letters, total=total, now=services.clock())


async def _parked(services: Services, _argument: str, _agent_id: str) -> SlackMessage:
    mails, total = await parked.newest(services)
    return parked_message.build(mails, total=total, now=services.clock())


async def _blocked(services: Services, _argument: str, _agent_id: str) -> SlackMessage:
    blocked = [
        blocked_message.Blocked(address=found.address, reason=found.reason, expires_at=found.expires_at)
        for found in await dead_addresses.newest(services)
    ]
    return blocked_message.build(blocked)


async def _unblock(services: Services, argument: str, _agent_id: str) -> SlackMessage:
    await dead_addresses.unblock(services, argument)
    return blocked_message.changed(f"Mail goes to {argument} again.")


async def _block(services: Services, argument: str, agent_id: str) -> SlackMessage:
    await dead_addresses.suppress(services, argument, agent_id=agent_id)
    return blocked_message.changed(f"No mail goes to {argument} any more, until somebody unblocks it.")


async def _unknown(_services: Services, word: str, _agent_id: str) -> SlackMessage:
    raise NotAllowedError(
        f"`/support {text.line(word, limit=40)}` is unknown. `/support` shows what there is."
    )


_ANSWERS: dict[str, Answer] = {
    "": _help,
    "help": _help,
    "ticket": _ticket,
    "replay": _replay,
    "rules": _rules,
    "reload": _reload,
    "dead-letters": _dead_letters,
    "parked": _parked,
    "blocked": _blocked,
    "block": _block,
    "unblock": _unblock,
}
