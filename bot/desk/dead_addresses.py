"""Addresses that get no mail: those that do not exist, for a while, and those that an agent has blocked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import NotAllowedError
from bot.replies import gate
from routing import bounces
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from bot.desk.arrival import Arrival
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.blocked_addresses import BlockedAddress
    from storage.unit_of_work import UnitOfWork

BLOCKED_FOR = timedelta(days=60)
LISTED = 20

# RFC 3463: bad destination (X.1.x) and a disabled mailbox. A full mailbox or a policy is permanent as well in the
# words of the protocol, but not dead.
_DEAD = ("5.1.", "5.2.1")


async def heed_bounce(services: Services, uow: UnitOfWork, arrival: Arrival, ticket: Ticket) -> None:
    """Block the requester's address if this bounce, of a mail that we sent about the ticket, says that it is dead.

    Only that address: a bounce is easily forged, and must not silence somebody else.
    """
    for recipient in bounces.read(arrival.email).recipients:
        if recipient.address == ticket.requester.email:
            diagnostic = recipient.diagnostic or recipient.status
            await heed(services, uow, ticket, status=recipient.status, diagnostic=diagnostic)


async def heed(services: Services, uow: UnitOfWork, ticket: Ticket, *, status: str, diagnostic: str) -> None:
    """Block the requester's address if the status (RFC 3463) says that it is dead."""
    if not status.startswith(_DEAD):
        return
    now = services.clock()
    until = now + BLOCKED_FOR
    reason = f"dead since {now:%Y-%m-%d}: {diagnostic}"
    await uow.blocked_addresses.block(ticket.requester.email, reason=reason, now=now, expires_at=until)
    await uow.audit.add(
        "address_blocked",
        trace_id=ticket.trace_id,
        ticket_id=ticket.id,
        actor=DESKBELL,
        now=now,
        until=f"{until:%Y-%m-%d}",
        reason=reason,
    )


async def newest(services: Services) -> list[BlockedAddress]:
    """The blocked addresses, the newest first; one more than is listed says that there are more."""
    async with services.storage.reading() as uow:
        return await uow.blocked_addresses.newest(services.clock(), limit=LISTED + 1)


async def suppress(services: Services, address: str, *, agent_id: str) -> None:
    """Send no mail to an address until somebody unblocks it.

    Raises:
        NotAllowedError: it is no address.
    """
    address = address.strip().lower()
    if not gate.is_deliverable(address):
        raise NotAllowedError("Which address? Write it whole, for example `maria@customer.example`.")
    async with services.storage.unit_of_work() as uow:
        reason = f"blocked by {agent_id}"
        await uow.blocked_addresses.block(address, reason=reason, now=services.clock())
        await uow.commit()


async def unblock(services: Services, address: str) -> None:
    """Let mail go to an address again.

    Raises:
        NotAllowedError: it is not blocked.
    """
    async with services.storage.unit_of_work() as uow:
        if not await uow.blocked_addresses.unblock(address.strip().lower()):
            raise NotAllowedError("This address is not blocked.")
        await uow.commit()
