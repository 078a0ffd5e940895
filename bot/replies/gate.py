"""The one gate that every mail to a customer passes. Pure: what must be looked up is an argument."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from routing.ticket import MessageKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from routing.email import Address

# What SMTP carries without SMTPUTF8 and quoting (RFC 5321, 4.1.2), at most 254 characters (4.5.3.1.3).
_DELIVERABLE = re.compile(
    r"(?=.{3,254}\Z)[a-z0-9_.!#$%&'*+/=?^`{|}~-]{1,64}"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])",
    re.ASCII | re.IGNORECASE,
)


class Refusal(StrEnum):
    """Why a mail is not sent; stored strings, stable for ever."""

    NO_RECIPIENT = "no_recipient"
    INVALID_ADDRESS = "invalid_address"
    OWN_ADDRESS = "own_address"
    AUTOMATIC_MAIL = "automatic_mail"
    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    BLOCKED_ADDRESS = "blocked_address"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Verdict:
    """May it go out, and if not, why."""

    refusal: Refusal | None = None
    detail: str = ""
    """For people: what makes the customer's mail automatic."""

    @property
    def is_allowed(self) -> bool:
        return self.refusal is None


def judge(
    *,
    kind: MessageKind,
    recipient: Address | None,
    own_addresses: Collection[str],
    robot_reasons: Collection[str] = (),
    answer_allowed: bool = True,
    is_acknowledged: bool = False,
    blocked_because: str | None = None,
    broken_cap: str | None = None,
) -> Verdict:
    """Judge one mail before it is sent.

    Args:
        kind: An acknowledgement must not answer a robot, nor go out twice; what a person wrote to somebody may do
            both; what was written to many must not go to a robot.
        recipient: Where it would go; None where the customer's mail names nobody, such as a bounce.
        own_addresses: All on which this desk receives; an extension (`support+x@`) makes no difference.
        robot_reasons: What was found about the mail that is answered.
        answer_allowed: May that mail be answered automatically (RFC 3834)?
        is_acknowledged: Has this ticket been acknowledged before?
        blocked_because: Why the address gets no mail at all, such as that it is dead.
        broken_cap: The cap that one more mail would break (see `caps`).
    """
    if recipient is None or not recipient.email:
        return Verdict(Refusal.NO_RECIPIENT)
    if not is_deliverable(recipient.email):
        return Verdict(Refusal.INVALID_ADDRESS)
    own = {_canonical(address) for address in own_addresses}
    is_acknowledgement = kind is MessageKind.ACKNOWLEDGEMENT
    is_automatic = is_acknowledgement or kind is MessageKind.INCIDENT_UPDATE
    refusals = (
        (_canonical(recipient.email) in own, Refusal.OWN_ADDRESS, ""),
        (blocked_because is not None, Refusal.BLOCKED_ADDRESS, blocked_because),
        (broken_cap is not None, Refusal.TOO_MANY, broken_cap),
        (is_automatic and not answer_allowed, Refusal.AUTOMATIC_MAIL, ", ".join(robot_reasons)),
        (is_acknowledgement and is_acknowledged, Refusal.ALREADY_ACKNOWLEDGED, ""),
    )
    return next((Verdict(refusal, detail or "") for holds, refusal, detail in refusals if holds), Verdict())


def is_deliverable(address: str) -> bool:
    """Whether mail can be sent to such an address."""
    return _DELIVERABLE.fullmatch(address) is not None


def _canonical(address: str) -> str:
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
