"""Which ticket a mail belongs to, and what keeps it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from routing import threading
from routing.decision import Priority
from routing.email import Address
from routing.reply_tokens import ReplyTokens
from routing.threading import Known, Match, Obstacle, Signal
from routing.ticket import Message, MessageKind, Ticket, TicketState
from tests.routing.mails import mail

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
TOKENS = ReplyTokens(secret="a secret of the tests", prefix="DB", addresses=["support@acme.example"])
REPLY_ADDRESS = TOKENS.address(1001, base="support@acme.example")
MARKED_SUBJECT = f"Re: Refund [DB-1004] ({TOKENS.subject_mark(1004)})"
KNOWN = {
    "<own@acme.example>": Known(1002, is_own=True),
    "<seen@customer.example>": Known(1003, is_own=False),
    "<later@customer.example>": Known(1006, is_own=False),
}

TICKET = Ticket(
    id=1001,
    tenant="acme",
    trace_id="trace-1",
    queue="billing",
    subject="Refund",
    requester=Address(email="maria@customer.example"),
    tier="standard",
    state=TicketState.OPEN,
    priority=Priority.NORMAL,
    created_at=NOW - timedelta(days=30),
    response_due_at=None,
)
PROOF = Match(1001, Signal.OWN_MESSAGE_ID, "<own@acme.example>")


def message(author: str, kind: MessageKind = MessageKind.INBOUND) -> Message:
    return Message(id=1, ticket_id=1001, kind=kind, message_id=None, author=author, body="", created_at=NOW)


def resolved(ago: timedelta) -> Ticket:
    return replace(TICKET, state=TicketState.RESOLVED, resolved_at=NOW - ago)


GRACE = timedelta(days=7)


def obstacle(
    ticket: Ticket = TICKET, sender: str = "maria@customer.example", **changes: Any
) -> Obstacle | None:
    values: dict[str, Any] = {
        "match": PROOF,
        "email": mail(sender=Address(email=sender)),
        "ticket": ticket,
        "messages": (),
        "is_authentication_failed": False,
        "grace": GRACE,
        "now": NOW,
    }
    return threading.obstacle(**values | changes)


@pytest.mark.parametrize(
    ("fields", "ticket_id", "signal"),
    [
        ({"to": (Address(email=REPLY_ADDRESS),)}, 1001, Signal.REPLY_ADDRESS),
        ({"cc": (Address(email=REPLY_ADDRESS),)}, 1001, Signal.REPLY_ADDRESS),
        ({"envelope_to": (REPLY_ADDRESS,)}, 1001, Signal.REPLY_ADDRESS),
        ({"in_reply_to": ("<own@acme.example>",)}, 1002, Signal.OWN_MESSAGE_ID),
        ({"references": ("<own@acme.example>",)}, 1002, Signal.OWN_MESSAGE_ID),
        ({"in_reply_to": ("<seen@customer.example>",)}, 1003, Signal.SEEN_MESSAGE_ID),
        ({"subject": MARKED_SUBJECT}, 1004, Signal.SUBJECT_MARK),
        ({"subject": "Refund [DB-1005]"}, 1005, Signal.SUBJECT_NUMBER),
        ({"subject": "Refund [DB-1005] (aaaaaa)"}, 1005, Signal.SUBJECT_NUMBER),
    ],
)
def test_each_signal_names_its_ticket(fields: dict[str, Any], ticket_id: int, signal: Signal) -> None:
    found = threading.match(mail(**fields), KNOWN, TOKENS)
    assert found is not None
    assert (found.ticket_id, found.signal) == (ticket_id, signal)


def test_the_strongest_signal_wins() -> None:
    fields: list[dict[str, Any]] = [
        {"to": (Address(email=REPLY_ADDRESS),)},
        {"references": ("<own@acme.example>",)},
        {"in_reply_to": ("<seen@customer.example>",)},
        {"subject": MARKED_SUBJECT},
    ]
    order = []
    for number in range(len(fields)):
        rest: dict[str, Any] = {name: value for field in fields[number:] for name, value in field.items()}
        found = threading.match(mail(**rest), KNOWN, TOKENS)
        assert found is not None
        order.append(found.signal)
    assert order == [
        Signal.REPLY_ADDRESS,
        Signal.OWN_MESSAGE_ID,
        Signal.SEEN_MESSAGE_ID,
        Signal.SUBJECT_MARK,
    ]


def test_of_equal_signals_the_newest_wins() -> None:
    email = mail(references=("<seen@customer.example>", "<later@customer.example>"))
    assert threading.match(email, KNOWN, TOKENS) == Match(
        1006, Signal.SEEN_MESSAGE_ID, "<later@customer.example>"
    )


def test_a_mail_that_names_nothing_known_matches_nothing() -> None:
    email = mail(in_reply_to=("<unknown@customer.example>",), to=(Address(email="support@acme.example"),))
    assert threading.match(email, KNOWN, TOKENS) is None


def test_ids_are_named_once_the_newest_first_and_not_without_end() -> None:
    email = mail(
        in_reply_to=("<3@x.example>",), references=("<1@x.example>", "<2@x.example>", "<3@x.example>")
    )
    assert threading.named_ids(email) == ("<3@x.example>", "<2@x.example>", "<1@x.example>")
    many = mail(references=tuple(f"<{number}@x.example>" for number in range(5_000)))
    assert len(threading.named_ids(many)) == threading.MAX_IDS
    assert threading.named_ids(many)[0] == "<4999@x.example>"


def test_the_requester_joins_the_ticket() -> None:
    assert obstacle() is None


def test_who_wrote_in_the_ticket_before_joins_it() -> None:
    assert obstacle(sender="bob@partner.example", messages=[message("bob@partner.example")]) is None


@pytest.mark.parametrize("kind", [MessageKind.REPLY, MessageKind.ACKNOWLEDGEMENT])
def test_who_was_only_written_to_is_no_participant(kind: MessageKind) -> None:
    messages = [message("bob@partner.example", kind)]
    assert obstacle(sender="bob@partner.example", messages=messages) is Obstacle.NOT_A_PARTICIPANT


def test_a_stranger_or_nobody_does_not_join() -> None:
    assert obstacle(sender="mallory@evil.example") is Obstacle.NOT_A_PARTICIPANT
    assert obstacle(email=mail(sender=None)) is Obstacle.NOT_A_PARTICIPANT


def test_a_bare_number_is_no_proof_even_of_the_requester() -> None:
    assert obstacle(match=Match(1001, Signal.SUBJECT_NUMBER, "1001")) is Obstacle.NOT_A_PROOF


def test_a_sender_whose_domain_disowns_the_mail_does_not_join() -> None:
    assert obstacle(is_authentication_failed=True) is Obstacle.NOT_AUTHENTICATED


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (timedelta(0), None),
        (GRACE, None),
        (GRACE + timedelta(microseconds=1), Obstacle.TOO_LATE),
    ],
)
def test_a_resolved_ticket_takes_answers_within_its_grace(ago: timedelta, expected: Obstacle | None) -> None:
    assert obstacle(resolved(ago)) is expected
