"""Messages of tickets, and drafts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from routing.ticket import MessageKind
from storage.errors import NotFoundError
from tests.storage.samples import NOW, SECOND, open_ticket, stored_ticket

if TYPE_CHECKING:
    from storage.unit_of_work import Storage, UnitOfWork

ANA, BO = "U0ANA", "U0BO"


async def add(uow: UnitOfWork, ticket_id: int, **changes: Any) -> int:
    values: dict[str, Any] = {
        "kind": MessageKind.INBOUND,
        "message_id": None,
        "author": "maria@customer.example",
        "body": "Please refund one payment.",
        "now": NOW,
    }
    return await uow.messages.add(ticket_id=ticket_id, **values | changes)


async def test_a_message_comes_out_as_it_went_in(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        row_id = await add(uow, ticket.id, kind=MessageKind.REPLY, author=ANA, body="Done ✓")
        message = await uow.messages.get(row_id)
    assert (message.ticket_id, message.kind, message.author) == (ticket.id, MessageKind.REPLY, ANA)
    assert (message.body, message.message_id, message.created_at) == ("Done ✓", None, NOW)


async def test_an_unknown_message_is_not_found(storage: Storage) -> None:
    async with storage.reading() as uow:
        with pytest.raises(NotFoundError, match="there is no message 7"):
            await uow.messages.get(7)


async def test_a_tickets_newest_messages_come_oldest_first(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket, other = await open_ticket(uow, "trace-1"), await open_ticket(uow, "trace-2")
        ids = [await add(uow, ticket.id) for _ in range(3)]
        await add(uow, other.id)
        assert [message.id for message in await uow.messages.of_ticket(ticket.id)] == ids
        assert [message.id for message in await uow.messages.of_ticket(ticket.id, limit=2)] == ids[1:]


async def test_a_reply_gets_its_message_id_when_it_goes_out(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        reply = await add(uow, (await open_ticket(uow)).id, kind=MessageKind.REPLY)
        await uow.messages.set_message_id(reply, "<reply-1@acme.example>")
        assert (await uow.messages.get(reply)).message_id == "<reply-1@acme.example>"


async def test_a_draft_replaces_the_one_before(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        await uow.messages.save_draft(ticket_id=ticket.id, agent_id=ANA, body="Hel", now=NOW)
        await uow.messages.save_draft(ticket_id=ticket.id, agent_id=ANA, body="Hello", now=NOW + SECOND)
        assert await uow.messages.draft(ticket_id=ticket.id, agent_id=ANA) == "Hello"
        assert await uow.messages.draft(ticket_id=ticket.id, agent_id=BO) == ""


async def test_a_draft_is_taken_once_also_when_send_is_pressed_twice(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    async with storage.unit_of_work() as uow:
        await uow.messages.save_draft(ticket_id=ticket.id, agent_id=ANA, body="Hello", now=NOW)
        await uow.messages.save_draft(ticket_id=ticket.id, agent_id=BO, body="Mine", now=NOW)
        await uow.commit()

    async def take() -> str | None:
        async with storage.unit_of_work() as uow:
            body = await uow.messages.take_draft(ticket_id=ticket.id, agent_id=ANA)
            await uow.commit()
        return body

    assert set(await asyncio.gather(take(), take())) == {"Hello", None}
    async with storage.reading() as uow:
        assert await uow.messages.draft(ticket_id=ticket.id, agent_id=BO) == "Mine"


async def test_a_message_is_removed_once(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        row_id = await add(uow, (await open_ticket(uow)).id)
        assert await uow.messages.remove(row_id)
        assert not await uow.messages.remove(row_id)


async def test_drafts_move_unless_another_one_is_there(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        old, new = await open_ticket(uow, "trace-1"), await open_ticket(uow, "trace-2")
        for ticket, agent_id, body in ((old, ANA, "From ana"), (old, BO, "Old"), (new, BO, "New")):
            await uow.messages.save_draft(ticket_id=ticket.id, agent_id=agent_id, body=body, now=NOW)
        await uow.messages.move_drafts(from_ticket_id=old.id, to_ticket_id=new.id)
        drafts = {
            (ticket.id, agent_id): await uow.messages.draft(ticket_id=ticket.id, agent_id=agent_id)
            for ticket in (old, new)
            for agent_id in (ANA, BO)
        }
    assert drafts == {
        (old.id, ANA): "",
        (old.id, BO): "Old",
        (new.id, ANA): "From ana",
        (new.id, BO): "New",
    }
