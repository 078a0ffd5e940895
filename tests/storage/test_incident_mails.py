"""An update is sent once, to each address once, and each mail goes its way step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.email import Address
from storage.incident_mails import MailState
from tests.storage.samples import NOW, open_ticket
from tests.storage.test_incidents import ANA, begun

if TYPE_CHECKING:
    from storage.unit_of_work import Storage, UnitOfWork

MARIA, BEN = Address(email="maria@customer.example"), Address(email="ben@customer.example")


async def outage(uow: UnitOfWork) -> tuple[int, list[int]]:
    """An incident with two tickets of Maria's, one of Ben's, and one of nobody's; gives their numbers."""
    people = (MARIA, MARIA, BEN, Address(email=""))
    tickets = [await open_ticket(uow, f"t{n}", requester=person) for n, person in enumerate(people)]
    incident = await begun(uow, tickets[0])
    for ticket in tickets:
        await uow.incident_tickets.join(incident.id, ticket.id, has_card=False, now=NOW)
    return incident.id, [ticket.id for ticket in tickets]


async def test_a_draft_is_kept_and_sent_once(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        incident_id, _ = await outage(uow)
        first = await uow.incident_mails.save_draft(incident_id, author=ANA, body="We look into it")
        second = await uow.incident_mails.save_draft(incident_id, author=ANA, body="We look into it.")
        assert first == second
        assert await uow.incident_mails.newest(incident_id) is None
        assert await uow.incident_mails.send(first, now=NOW) == 2
        assert await uow.incident_mails.send(first, now=NOW) is None
        sent = await uow.incident_mails.newest(incident_id)
        assert sent is not None
        assert (sent.body, sent.sent_at) == ("We look into it.", NOW)
        assert await uow.incident_mails.draft(incident_id, author=ANA) is None


async def test_each_address_of_an_open_ticket_gets_one_mail(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        incident_id, tickets = await outage(uow)
        assert await uow.incident_mails.recipients(incident_id) == 2
        await uow.tickets.resolve(tickets[2], agent_id=ANA, now=NOW)
        assert await uow.incident_mails.recipients(incident_id) == 1
        update_id = await uow.incident_mails.save_draft(incident_id, author=ANA, body="Solved")
        await uow.incident_mails.send(update_id, now=NOW)
        assert await uow.incident_mails.take(update_id, limit=10) == [tickets[0]]
        assert await uow.incident_mails.take(update_id, limit=10) == []


async def test_a_mail_takes_each_step_from_where_it_stands(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        incident_id, tickets = await outage(uow)
        update_id = await uow.incident_mails.save_draft(incident_id, author=ANA, body="Solved")
        await uow.incident_mails.send(update_id, now=NOW)
        await uow.incident_mails.take(update_id, limit=1)
        mail = (update_id, tickets[0])
        step = uow.incident_mails.step
        assert not await step(*mail, expected=MailState.SENDING, to=MailState.SENT)
        assert await step(*mail, expected=MailState.QUEUED, to=MailState.REFUSED, reason="blocked")
        assert await uow.incident_mails.state(*mail) is MailState.REFUSED
        assert await uow.incident_mails.progress(update_id) == {
            (MailState.REFUSED, "blocked"): 1,
            (MailState.WAITING, ""): 1,
        }


async def test_an_acknowledgement_carries_the_text_while_the_incident_is_open(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        incident_id, tickets = await outage(uow)
        other = await open_ticket(uow, "other")
        update_id = await uow.incident_mails.save_draft(incident_id, author=ANA, body="Known")
        assert await uow.incident_mails.text_for(tickets[0]) == ""
        await uow.incident_mails.send(update_id, now=NOW)
        assert await uow.incident_mails.text_for(tickets[0]) == "Known"
        assert await uow.incident_mails.text_for(other.id) == ""
        await uow.incidents.resolve(incident_id, agent_id=ANA, now=NOW)
        assert await uow.incident_mails.text_for(tickets[0]) == ""
