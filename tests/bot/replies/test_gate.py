from __future__ import annotations

import pytest

from bot.replies import gate
from bot.replies.gate import Refusal, Verdict
from routing.email import Address
from routing.ticket import MessageKind

OWN = ("Support@acme.example", "billing+x@acme.example")


def judge(
    email: str | None,
    *,
    kind: MessageKind = MessageKind.ACKNOWLEDGEMENT,
    answer_allowed: bool = True,
    is_acknowledged: bool = False,
) -> Verdict:
    return gate.judge(
        kind=kind,
        recipient=None if email is None else Address(email=email),
        own_addresses=OWN,
        robot_reasons=("Precedence: bulk", "List-Id"),
        answer_allowed=answer_allowed,
        is_acknowledged=is_acknowledged,
    )


@pytest.mark.parametrize(
    "email", ["maria@example.com", "o'neill+x_1=2@mail.example.co", "A.B@EXAMPLE.XN--P1AI"]
)
@pytest.mark.parametrize("kind", [MessageKind.ACKNOWLEDGEMENT, MessageKind.REPLY])
def test_mail_to_a_customer_goes_out(email: str, kind: MessageKind) -> None:
    verdict = judge(email, kind=kind)
    assert verdict.is_allowed
    assert verdict.refusal is None


@pytest.mark.parametrize("kind", [MessageKind.ACKNOWLEDGEMENT, MessageKind.REPLY])
@pytest.mark.parametrize(
    ("email", "refusal"),
    [
        (None, Refusal.NO_RECIPIENT),
        ("", Refusal.NO_RECIPIENT),
        ("maria", Refusal.INVALID_ADDRESS),
        ("maria@localhost", Refusal.INVALID_ADDRESS),
        ("maria@127.0.0.1", Refusal.INVALID_ADDRESS),
        ("maria@example.com\r\nRCPT TO:<bo@example.com>", Refusal.INVALID_ADDRESS),
        ("maria@example.com\n", Refusal.INVALID_ADDRESS),
        ("a@example.com,b@example.com", Refusal.INVALID_ADDRESS),
        ("maría@example.com", Refusal.INVALID_ADDRESS),
        ("x" * 65 + "@example.com", Refusal.INVALID_ADDRESS),
        ("x@" + "example." * 32 + "com", Refusal.INVALID_ADDRESS),
        ("support@acme.example", Refusal.OWN_ADDRESS),
        ("SUPPORT+token@ACME.example", Refusal.OWN_ADDRESS),
        ("billing@acme.example", Refusal.OWN_ADDRESS),
    ],
)
def test_nobody_writes_to_ourselves_or_to_no_address(
    email: str | None, refusal: Refusal, kind: MessageKind
) -> None:
    assert judge(email, kind=kind) == Verdict(refusal)


def test_robot_gets_no_acknowledgement_and_the_reasons_are_told() -> None:
    verdict = judge("maria@example.com", answer_allowed=False)
    assert verdict == Verdict(Refusal.AUTOMATIC_MAIL, "Precedence: bulk, List-Id")
    assert not verdict.is_allowed


def test_ticket_is_acknowledged_once() -> None:
    assert judge("maria@example.com", is_acknowledged=True) == Verdict(Refusal.ALREADY_ACKNOWLEDGED)


def test_person_may_answer_a_robot_and_a_ticket_that_was_acknowledged() -> None:
    verdict = judge("maria@example.com", kind=MessageKind.REPLY, answer_allowed=False, is_acknowledged=True)
    assert verdict.is_allowed


def judge_blocked(*, blocked_because: str | None = None, broken_cap: str | None = None) -> Verdict:
    return gate.judge(
        kind=MessageKind.REPLY,
        recipient=Address(email="maria@example.com"),
        own_addresses=OWN,
        blocked_because=blocked_because,
        broken_cap=broken_cap,
    )


def test_a_blocked_address_gets_no_mail_and_the_reason_is_kept() -> None:
    assert judge_blocked(blocked_because="no such user") == Verdict(Refusal.BLOCKED_ADDRESS, "no such user")


def test_a_broken_cap_stops_people_as_well() -> None:
    assert judge_blocked(broken_cap="30 mails") == Verdict(Refusal.TOO_MANY, "30 mails")


def test_what_goes_to_many_goes_to_no_robot_but_to_who_was_acknowledged() -> None:
    update = MessageKind.INCIDENT_UPDATE
    assert judge("maria@example.com", kind=update, is_acknowledged=True).is_allowed
    refused = judge("maria@example.com", kind=update, answer_allowed=False)
    assert refused.refusal is Refusal.AUTOMATIC_MAIL
