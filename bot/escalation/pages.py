"""The effects that page people in Slack.

Each looks once more, right before it posts, whether somebody is still needed: a page after an acknowledgement would
be a bug. What was on its way at that moment is edited afterwards.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from blocks import page_note
from bot import effects
from bot.desk.posting import post_once
from bot.errors import ChannelUnavailableError, MessageGoneError, NotReadyError, PermanentError
from bot.escalation import change, entries, page_view, unreachable
from routing.escalation import EscalationState
from routing.ticket import DESKBELL
from storage.pages import PageRole, StoredPage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from bot.effects import Record
    from bot.integrations.interfaces import Posted
    from bot.services import Services
    from routing.escalation import Escalation
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

_NOTE_ATTEMPTS = 6
"""How often a note looks for the message that it belongs to: that may never have been posted."""


def not_wanted(escalation: Escalation, payload: Mapping[str, Any]) -> str | None:
    """Why nobody is to be called by a row of the outbox any more; None if they are.

    A row without a round is the wish of a person, and holds until the end.
    """
    if escalation.state is EscalationState.ENDED:
        return "it is over"
    if payload["lap"] is None:
        return None
    if escalation.state in {EscalationState.ACKNOWLEDGED, EscalationState.SNOOZED}:
        return f"it is {escalation.state}"
    return "it has begun again since" if payload["lap"] < escalation.first_lap else None


class Page:
    """`slack.page`: one message, for a person or a channel."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        role, recipient = PageRole(entry.payload["role"]), entry.payload["recipient"]
        async with self._services.storage.reading() as uow:
            shown = await uow.escalations.get(entry.payload["escalation_id"])
            has_main = role is PageRole.MAIN and await uow.pages.main(shown.id) is not None
            message = await page_view.message(self._services, uow, shown, role=role)
        reason = "it stands there already" if has_main else not_wanted(shown, entry.payload)
        try:
            if reason:
                return await self._dropped(entry, shown, reason)
            posted = await post_once(self._services.workspace, entry, recipient, message)
        except PermanentError as error:
            why = error.reason if isinstance(error, ChannelUnavailableError) else str(error)
            return lambda uow: unreachable.record(self._services, uow, entry, recipient, why)
        return lambda uow: self._posted(uow, entry, posted, shown.generation)

    async def _dropped(self, entry: OutboxEntry, escalation: Escalation, reason: str) -> Record:
        """An earlier attempt may have posted it without our knowing: then it is a copy like any other."""
        if entry.attempts > 1:
            posted = await self._services.workspace.find(
                entry.payload["recipient"], entry_id=entry.id, since=entry.created_at
            )
            if posted:
                return lambda uow: self._posted(uow, entry, posted, generation=0)

        async def record(uow: UnitOfWork) -> None:
            ticket = await uow.relations.whole(escalation.ticket_id)
            await change.audit(
                self._services,
                uow,
                ticket,
                "page_dropped",
                actor=DESKBELL,
                to=entry.payload["recipient"],
                because=reason,
            )

        return record

    async def _posted(self, uow: UnitOfWork, entry: OutboxEntry, posted: Posted, generation: int) -> None:
        """`generation` is what the message shows."""
        copy = StoredPage(channel=posted.channel, ts=posted.ts, role=PageRole(entry.payload["role"]))
        escalation, _ = await change.hold(uow, entry.payload["escalation_id"])
        await uow.pages.add(escalation.id, copy)
        if escalation.generation != generation:
            # Somebody was faster in another copy, and this one was not known yet.
            await entries.update_page(
                uow, escalation, copy, trace_id=entry.trace_id, now=self._services.clock()
            )


class PageGroup:
    """`slack.page_group`: every member of a user group gets a page of their own."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        group: str = entry.payload["group"]
        try:
            members = await self._services.workspace.group_members(group)
        except PermanentError as error:
            reason = str(error)
            return lambda uow: unreachable.record(self._services, uow, entry, f"user group {group}", reason)
        if not members:
            return lambda uow: unreachable.record(
                self._services, uow, entry, f"user group {group}", "it is empty"
            )
        return lambda uow: self._spread(uow, entry, members)

    async def _spread(self, uow: UnitOfWork, entry: OutboxEntry, members: list[str]) -> None:
        escalation, _ = await change.hold(uow, entry.payload["escalation_id"])
        if not_wanted(escalation, entry.payload):
            return
        lap, position = entry.payload["lap"], entry.payload["position"]
        await uow.escalation_steps.spread(escalation.id, lap=lap, position=position, more=len(members) - 1)
        for member in members:
            await entries.page(
                uow,
                escalation,
                recipient=member,
                lap=lap,
                position=position,
                trace_id=entry.trace_id,
                now=self._services.clock(),
            )


class PageNote:
    """`slack.page_note`: words in the thread of the incident channel's message."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        payload = entry.payload
        async with self._services.storage.reading() as uow:
            escalation = await uow.escalations.get(payload["escalation_id"])
            main = await uow.pages.main(escalation.id)
        if payload["calls"] and not_wanted(escalation, payload):
            return effects.nothing
        if main is None:
            if entry.attempts < _NOTE_ATTEMPTS:
                raise NotReadyError("its message is not posted yet")
            return effects.nothing
        message = page_note.build(payload["text"])
        await post_once(self._services.workspace, entry, main.channel, message, thread_ts=main.ts)
        return effects.nothing


class AskProgress:
    """`slack.ask_progress`: asks who has acknowledged whether they are still on it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        recipient = entry.payload["recipient"]
        async with self._services.storage.reading() as uow:
            escalation = await uow.escalations.get(entry.payload["escalation_id"])
            message = await page_view.message(self._services, uow, escalation, role=PageRole.QUESTION)
        if not escalation.is_asked or escalation.acknowledged_by != recipient:
            return effects.nothing
        posted = await post_once(self._services.workspace, entry, recipient, message)
        return lambda uow: self._posted(uow, entry, posted, escalation.generation)

    async def _posted(self, uow: UnitOfWork, entry: OutboxEntry, posted: Posted, generation: int) -> None:
        copy = StoredPage(channel=posted.channel, ts=posted.ts, role=PageRole.QUESTION)
        escalation, _ = await change.hold(uow, entry.payload["escalation_id"])
        await uow.pages.add(escalation.id, copy)
        if escalation.generation != generation:
            await entries.update_page(
                uow, escalation, copy, trace_id=entry.trace_id, now=self._services.clock()
            )


class UpdatePage:
    """`slack.update_page`: one copy shows what became of it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        payload = entry.payload
        async with self._services.storage.reading() as uow:
            escalation = await uow.escalations.get(payload["escalation_id"])
            message = await page_view.message(self._services, uow, escalation, role=PageRole(payload["role"]))
        with suppress(ChannelUnavailableError, MessageGoneError):  # then nobody sees this copy any more
            await self._services.workspace.update(payload["channel"], payload["ts"], message)
        return effects.nothing
