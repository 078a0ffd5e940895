"""Write to all requesters of an incident: written in a modal, looked at once more, then sent to each of them once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import NotAllowedError
from bot.incidents import commander, outgoing
from bot.replies import compose, render

if TYPE_CHECKING:
    from bot.services import Services
    from routing.incidents import Incident
    from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What a person has written so far, and how many would get it."""

    body: str
    recipients: int
    tickets: int
    """The open ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """The mail as the first of its recipients will read it."""

    update_id: int
    recipients: int
    tickets: int
    subject: str
    body: str


async def open_draft(services: Services, incident_id: int, *, agent_id: str) -> Draft:
    """Begin to write, or go on.

    Raises:
        NotAllowedError: it is resolved, or this person may not.
    """
    async with services.storage.reading() as uow:
        incident = await uow.incidents.get(incident_id)
        commander.refuse_resolved(incident)
        commander.refuse_others(services, incident, agent_id)
        draft = await uow.incident_mails.draft(incident_id, author=agent_id)
        return Draft(
            body=draft.body if draft else "",
            recipients=await uow.incident_mails.recipients(incident_id),
            tickets=(await uow.incident_tickets.counts(incident_id, now=services.clock())).open,
        )


async def keep_draft(services: Services, incident_id: int, body: str, *, agent_id: str) -> Preview:
    """Store what was written, so that a closed window loses nothing, and show what would be sent.

    Raises:
        NotAllowedError: as `open_draft`, or there is nobody to write to.
    """
    async with services.storage.unit_of_work() as uow:
        incident = await uow.incidents.get(incident_id)
        commander.refuse_resolved(incident)
        commander.refuse_others(services, incident, agent_id)
        update_id = await uow.incident_mails.save_draft(incident_id, author=agent_id, body=body)
        recipients = await uow.incident_mails.recipients(incident_id)
        counts = await uow.incident_tickets.counts(incident_id, now=services.clock())
        first = await uow.incident_tickets.open_tickets(incident_id, after=0, limit=1)
        await uow.commit()
    if not first:
        raise NotAllowedError("None of its tickets is open: there is nobody to write to.")
    mail = compose.update(services, first[0], None, entry_id=0, text=body)
    return Preview(
        update_id=update_id,
        recipients=recipients,
        tickets=counts.open,
        subject=str(render.update(mail)["Subject"]),
        body=render.update_text(mail),
    )


async def send(services: Services, incident_id: int, update_id: int, *, agent_id: str) -> None:
    """Begin to send; pressed twice, it is sent once.

    Raises:
        NotAllowedError: it was sent already, the incident is resolved, or this person may not.
    """
    async with services.storage.unit_of_work() as uow:
        incident = await uow.incidents.get(incident_id)
        commander.refuse_resolved(incident)
        commander.refuse_others(services, incident, agent_id)
        await send_in(services, uow, incident, update_id, agent_id=agent_id)
        await uow.commit()


async def send_in(
    services: Services, uow: UnitOfWork, incident: Incident, update_id: int, *, agent_id: str
) -> None:
    """As `send`, within a transaction that does more.

    Raises:
        NotAllowedError: it was sent already.
    """
    now = services.clock()
    recipients = await uow.incident_mails.send(update_id, now=now)
    if recipients is None:
        raise NotAllowedError("This update has been sent already.")
    body = (await uow.incident_mails.get(update_id)).body
    await uow.audit.add(
        "incident_update",
        trace_id=incident.trace_id,
        ticket_id=None,
        actor=agent_id,
        now=now,
        recipients=str(recipients),
        text=body,
    )
    await outgoing.mail_batch(uow, incident, update_id, now=now)
    await outgoing.update_card(uow, incident, now=now)
