"""A mail that can be read, and what was found out about it before anything is decided."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.desk import asked_facts
from bot.intake import html_text
from routing import authentication, robots, visible_text

if TYPE_CHECKING:
    from bot.config import SupportConfig
    from bot.desk.asked_facts import AskedFacts
    from bot.directory import Directory
    from routing.authentication import Authentication
    from routing.email import InboundEmail
    from routing.requester import Lookup
    from routing.robots import Automatic
    from routing.visible_text import VisibleText
    from storage.emails import StoredEmail
    from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One readable mail on its way into a ticket."""

    stored: StoredEmail
    email: InboundEmail
    """As stored, with a text body also where the mail brought HTML only."""
    automatic: Automatic
    authentication: Authentication
    visible: VisibleText
    """The words that are new: without quoted history, signature and disclaimer."""
    asked: AskedFacts
    lookup: Lookup | None = None
    """What the directory says of the requester; None where it was not asked."""

    @property
    def trace_id(self) -> str:
        return self.stored.trace_id

    @property
    def completed(self) -> InboundEmail | None:
        """The mail, if it is more than what is stored; None spares the database to write the same again."""
        return None if self.email is self.stored.email else self.email


async def inspect(uow: UnitOfWork, stored: StoredEmail, config: SupportConfig) -> Arrival:
    """Look at a mail that was parsed."""
    if stored.email is None:
        raise ValueError(f"the mail of trace {stored.trace_id} cannot be read")
    # Hostile mail takes long to read: not on the event loop.
    email, visible = await asyncio.to_thread(_read, stored.email)
    desk = config.desk
    return Arrival(
        stored=stored,
        email=email,
        automatic=robots.judge(
            email, own_addresses=frozenset(desk.addresses), authserv_ids=desk.authserv_ids
        ),
        authentication=authentication.judge(email, desk.authserv_ids),
        visible=visible,
        asked=await asked_facts.find(uow, stored, email, config),
    )


async def introduce(arrival: Arrival, directory: Directory | None) -> Arrival:
    """Look the requester up. Robots are nobody's customers, and nobody is asked about their loops."""
    requester = arrival.email.answer_to
    if directory is None or requester is None or arrival.automatic.is_automatic:
        return arrival
    return replace(arrival, lookup=await directory.look_up(requester.email))


def introduced_by(arrival: Arrival, earlier: StoredEmail) -> Arrival:
    """What was found out about the same requester for an earlier mail; nobody is asked again."""
    requester = arrival.email.answer_to
    if requester is None or earlier.email is None or earlier.circumstances is None:
        return arrival
    is_same = earlier.email.answer_to is not None and earlier.email.answer_to.email == requester.email
    return replace(arrival, lookup=earlier.circumstances.lookup) if is_same else arrival


def _read(email: InboundEmail) -> tuple[InboundEmail, VisibleText]:
    email = html_text.with_text(email)
    return email, visible_text.of(email.text, subject=email.subject)
