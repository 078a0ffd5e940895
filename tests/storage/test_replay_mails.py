"""The decided mails that a replay reads, page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from routing.circumstances import Circumstances
from routing.decision import RoutingDecision
from routing.email import InboundEmail
from storage.replay_mails import Scope
from tests.routing.mails import mail
from tests.storage.samples import NOW, SECOND, open_ticket, received

if TYPE_CHECKING:
    from routing.replay import RecordedMail
    from storage.unit_of_work import Storage

DECISION = RoutingDecision(queue="billing", intent="refund", confidence=0.9, ruleset="0" * 64)
EVERYTHING = Scope()


async def decided(
    storage: Storage, number: int, *, at: int = 0, queue: str = "billing", known: Circumstances | None = None
) -> int:
    """A mail with a ticket, received so many seconds after NOW; gives the ticket's number."""
    trace_id = f"trace-{number}"
    email = mail(subject=f"Mail {number}").model_dump_json()
    await storage.email_writer.remember(
        received(trace_id, normalised=email, received_at=NOW + timedelta(seconds=at))
    )
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow, trace_id, queue=queue, tier="gold")
        decision = DECISION.model_copy(update={"queue": queue, "intent": f"about {queue}"})
        await uow.emails.finish(trace_id, ticket_id=ticket.id, decision=decision, circumstances=known)
        await uow.commit()
    return ticket.id


async def pages(storage: Storage, scope: Scope = EVERYTHING, *, size: int = 100) -> list[list[RecordedMail]]:
    """All pages up to the empty one."""
    found: list[list[RecordedMail]] = []
    last = None
    async with storage.reading() as uow:
        while span := await uow.replay_mails.next_span(scope, after=last, limit=size):
            found.append(await uow.replay_mails.of_span(scope, span))
            assert await uow.replay_mails.page(scope, after=last, limit=size) == found[-1]
            last = span.oldest
            assert span.size == len(found[-1])
        assert await uow.replay_mails.page(scope, after=last, limit=size) == []
    return found


async def test_a_mail_comes_as_it_was_decided(storage: Storage) -> None:
    known = Circumstances(tier="gold", default_queue="orders")
    await decided(storage, 1, known=known)
    [[found]] = await pages(storage)
    assert (found.trace_id, found.received_at, found.tier) == ("trace-1", NOW, "gold")
    assert InboundEmail.model_validate_json(found.normalised) == mail(subject="Mail 1")
    assert RoutingDecision.model_validate_json(found.decision).intent == "about billing"
    assert Circumstances.model_validate_json(found.circumstances or "") == known


async def test_a_mail_of_before_the_circumstances_were_kept_has_none(storage: Storage) -> None:
    await decided(storage, 1)
    [[found]] = await pages(storage)
    assert (found.circumstances, found.tier) == (None, "gold")


async def test_pages_hold_each_mail_once_and_the_newest_first(storage: Storage) -> None:
    """Mails of the same moment, too, stand on one page only."""
    for number, at in enumerate((5, 1, 5, 5, 9)):
        await decided(storage, number, at=at)
    found = await pages(storage, size=2)
    assert [[one.trace_id for one in page] for page in found] == [
        ["trace-4", "trace-3"],
        ["trace-2", "trace-0"],
        ["trace-1"],
    ]


async def test_what_was_never_decided_is_left_out(storage: Storage) -> None:
    await storage.email_writer.remember(received("trace-9", normalised=mail().model_dump_json()))
    async with storage.reading() as uow:
        assert await uow.replay_mails.count(EVERYTHING) == 0
    assert await pages(storage) == []


async def test_a_scope_names_time_queue_and_intent(storage: Storage) -> None:
    await decided(storage, 1, at=0)
    await decided(storage, 2, at=10)
    await decided(storage, 3, at=10, queue="orders")
    for scope, expected in (
        (Scope(since=NOW + SECOND), {"trace-2", "trace-3"}),
        (Scope(queue="billing"), {"trace-1", "trace-2"}),
        (Scope(intent="about orders"), {"trace-3"}),
        (Scope(since=NOW + SECOND, queue="billing", intent="about billing"), {"trace-2"}),
        (Scope(queue="nowhere"), set()),
    ):
        found = {one.trace_id for page in await pages(storage, scope) for one in page}
        assert found == expected
        async with storage.reading() as uow:
            assert await uow.replay_mails.count(scope) == len(expected)


@pytest.mark.parametrize("deed", ["claim", "resolve", "answer"])
async def test_a_queue_is_final_once_a_person_has_worked_in_it(storage: Storage, deed: str) -> None:
    ticket_id = await decided(storage, 1)
    [[before]] = await pages(storage)
    assert before.final_queue is None
    async with storage.unit_of_work() as uow:
        await uow.tickets.reassign(ticket_id, queue="orders", assignee_id=None, now=NOW, moves_card=False)
        if deed == "claim":
            await uow.tickets.claim(ticket_id, agent_id="U1", now=NOW)
        elif deed == "resolve":
            await uow.tickets.resolve(ticket_id, agent_id="U1", now=NOW)
        else:
            await uow.tickets.mark_responded(ticket_id, NOW)
        await uow.commit()
    [[after]] = await pages(storage)
    assert after.final_queue == "orders"


async def test_a_merged_ticket_says_nothing_about_its_queue(storage: Storage) -> None:
    ticket_id, other = await decided(storage, 1), await decided(storage, 2, at=-1)
    async with storage.unit_of_work() as uow:
        await uow.tickets.claim(ticket_id, agent_id="U1", now=NOW)
        assert await uow.relations.merge(ticket_id, into_id=other, agent_id="U1", now=NOW)
        await uow.commit()
    [[merged, _]] = await pages(storage)
    assert merged.final_queue is None


async def test_a_claimed_ticket_waits_no_more_and_a_scope_leaves_mails_out(storage: Storage) -> None:
    waiting, claimed, resolved, other = [
        await decided(storage, number, queue=queue)
        for number, queue in enumerate(("billing", "billing", "billing", "orders"))
    ]
    async with storage.unit_of_work() as uow:
        await uow.tickets.claim(claimed, agent_id="U1", now=NOW)
        await uow.tickets.resolve(resolved, agent_id="U1", now=NOW)
        await uow.commit()
    async with storage.reading() as uow:
        ids = await uow.replay_mails.unclaimed()
        found = await uow.replay_mails.waiting(Scope(queue="billing"), ids)
    assert ids == [waiting, other]
    assert [(one.ticket_id, one.queue, one.mail.trace_id) for one in found] == [
        (waiting, "billing", "trace-0")
    ]
