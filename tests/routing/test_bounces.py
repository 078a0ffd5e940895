from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import bounces
from routing.email import Address
from tests.routing.mails import mail, with_header

if TYPE_CHECKING:
    from routing.email import InboundEmail

SERVER = Address(email="mailer-daemon@mx.example")


def report(*groups: str, subject: str = "Undelivered Mail", **changes: object) -> InboundEmail:
    status = "\n\n".join(("Reporting-MTA: dns; mx.example", *groups))
    return mail(sender=SERVER, subject=subject, delivery_status=status, **changes)


def told(text: str, **changes: object) -> list[tuple[str, str]]:
    """Address and status of each recipient that a notice in plain words gives up."""
    email = mail(sender=SERVER, text=text, **changes)
    return [(recipient.address, recipient.status) for recipient in bounces.read(email).recipients]


FULL = """\
Final-Recipient: rfc822; Full@customer.example
Action: failed
Status: 4.2.2
Diagnostic-Code: smtp; 452 4.2.2 The mailbox of this
    person is full"""
GONE = """\
Original-Recipient: rfc822;gone@customer.example
Final-Recipient: RFC822; <box17@store.example>
Action: Failed
Status: 5.1.1 (bad destination mailbox address)
Diagnostic-Code: smtp; 550 5.1.1 no such user"""
LATE = """\
Final-Recipient: rfc822; late@customer.example
Action: delayed
Status: 4.4.1"""


def test_report_tells_each_failed_recipient_as_this_desk_wrote_to_it() -> None:
    bounce = bounces.read(report(FULL, LATE, GONE, returned_message_id="<ours@acme.example>"))
    full, gone = bounce.recipients
    assert (full.address, full.status, full.is_permanent) == ("full@customer.example", "4.2.2", False)
    assert full.diagnostic == "452 4.2.2 The mailbox of this person is full"
    assert (gone.address, gone.status, gone.is_permanent) == ("gone@customer.example", "5.1.1", True)
    assert (bounce.is_permanent, bounce.original_message_id) == (False, "<ours@acme.example>")


def test_bounce_is_permanent_when_every_recipient_is() -> None:
    assert bounces.read(report(GONE)).is_permanent
    assert not bounces.read(report(FULL)).is_permanent
    assert not bounces.read(mail(sender=SERVER)).is_permanent, "nothing is known"


def test_groups_that_no_blank_line_divides_are_told_apart() -> None:
    email = report(f"{FULL}\nFinal-Recipient: rfc822; gone@customer.example\nStatus: 5.1.1")
    assert [recipient.status for recipient in bounces.read(email).recipients] == ["4.2.2", "5.1.1"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ("Diagnostic-Code: smtp; 550 5.7.1 refused", "5.7.1"),
        ("Diagnostic-Code: smtp; 421 come back", "4.0.0"),
        ("Diagnostic-Code: x-unix; user unknown", "5.1.1"),
        ("Diagnostic-Code: x-unix; quota exceeded", "4.2.2"),
        ("Diagnostic-Code: smtp; [192.0.2.5] and 5.1.2.3 said no", "5.0.0"),
        ("Action: failed", "5.0.0"),
    ],
)
def test_missing_status_is_taken_from_what_the_server_said(fields: str, status: str) -> None:
    (recipient,) = bounces.read(report(f"Final-Recipient: rfc822; x@customer.example\n{fields}")).recipients
    assert recipient.status == status


NOTICES = {
    "qmail": (
        (
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
            "<gone@customer.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            "<full@customer.example>:\nThe mailbox is full, try again later.\n\n"
            "--- Below this line is a copy of the message.\n\n"
            "Return-Path: <support@acme.example>\nMessage-ID: <ours@acme.example>\n\nother@customer.example\n"
        ),
        [("gone@customer.example", "5.1.1"), ("full@customer.example", "4.2.2")],
    ),
    "exim": (
        (
            "A message that you sent could not be delivered to all of its recipients.\n"
            "The following address(es) failed:\n\n  gone@customer.example\n"
            "    host mx.customer.example [192.0.2.25]: 550 5.1.1 <gone@customer.example>: no\n\n"
            "------ This is a copy of the message, including all the headers. ------\n\n"
            "Received: from acme.example\nMessage-Id: <ours@acme.example>\n"
        ),
        [("gone@customer.example", "5.1.1")],
    ),
    "exchange": (
        (
            "Your message\n\n  To:      gone@customer.example\n  Subject: Hello\n\n"
            "did not reach the following recipient(s):\n\ngone@customer.example on Mon, 2 Mar 2026 09:00:00 +0000\n"
            "    The recipient name is not recognized\n\n> Message-ID: <ours@acme.example>\n"
        ),
        [("gone@customer.example", "5.1.1")],
    ),
    "gmail": (
        (
            "Delivery to the following recipient failed permanently:\n\n     gone@customer.example\n\n"
            "Technical details of permanent failure:\nThe other server returned:\n550 5.2.1 disabled\n\n"
            "----- Original message -----\n\nMessage-ID: <ours@acme.example>\n"
        ),
        [("gone@customer.example", "5.2.1")],
    ),
    "ses": (
        (
            "The following message to <gone@customer.example> was undeliverable.\nThe reason for the problem:\n"
            "4.4.7 - Delivery expired\n\nMessage-ID: <ours@acme.example>\n"
        ),
        [("gone@customer.example", "4.4.7")],
    ),
    "sendmail": (
        (
            "   ----- The following addresses had permanent fatal errors -----\n<gone@customer.example>\n"
            "    (reason: 550 nobody here)\n\n   ----- Original message follows -----\n\n"
            "Message-ID: <ours@acme.example>\n"
        ),
        [("gone@customer.example", "5.0.0")],
    ),
}


@pytest.mark.parametrize("server", NOTICES)
def test_notice_in_a_servers_own_words_is_read(server: str) -> None:
    text, recipients = NOTICES[server]
    assert told(text) == recipients
    assert bounces.read(mail(text=text)).original_message_id == "<ours@acme.example>"


def test_header_that_names_the_failed_addresses_counts_more_than_the_words() -> None:
    text = "gone@customer.example\n550 5.1.1 no\n\nother@customer.example\n"
    headers = (("X-Failed-Recipients", "Gone@customer.example, full@customer.example"),)
    assert told(text, headers=headers) == [
        ("gone@customer.example", "5.1.1"),
        ("full@customer.example", "5.1.1"),
    ]


def test_message_that_a_bounce_answers_is_the_original_where_it_brings_none() -> None:
    assert bounces.read(mail(references=("<a@x>", "<b@x>"))).original_message_id == "<b@x>"
    assert bounces.read(mail(in_reply_to=("<c@x>",), references=("<b@x>",))).original_message_id == "<c@x>"
    assert bounces.read(mail()).original_message_id is None


@pytest.mark.parametrize(
    "email",
    [
        report(LATE),
        report(LATE.replace("delayed", "relayed").replace("4.4.1", "2.1.9")),
        mail(subject="Delayed Mail (still being retried)"),
        mail(subject="Warning: could not send message for past 4 hours"),
        mail(subject="Delivery Status Notification (Delay)"),
        mail(subject="Successful Mail Delivery Report"),
    ],
)
def test_delay_and_delivery_are_no_failure(email: InboundEmail) -> None:
    assert bounces.tells_no_failure(email)


@pytest.mark.parametrize(
    "email",
    [
        report(LATE, GONE, subject="Delayed Mail"),
        mail(subject="Undeliverable: success story"),
        mail(subject="Delivery Status Notification (Failure)"),
        with_header("X-Failed-Recipients", "gone@customer.example"),
    ],
)
def test_failure_of_one_recipient_is_a_failure(email: InboundEmail) -> None:
    assert not bounces.tells_no_failure(email)


FRAGMENTS = st.sampled_from(
    [
        "Final-Recipient: rfc822;",
        "Original-Recipient:",
        "Action: ",
        "Status: 5",
        "<a@b.example>",
        "\n",
        " ",
        ":",
        "@",
    ]
)


@given(st.lists(FRAGMENTS | st.text(max_size=5)).map("".join), st.lists(FRAGMENTS | st.text()).map("".join))
def test_any_report_and_any_words_are_read(delivery_status: str, text: str) -> None:
    email = mail(delivery_status=delivery_status, text=text)
    assert all(recipient.address and recipient.status for recipient in bounces.read(email).recipients)
    bounces.tells_no_failure(email)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 1_000_000,
        "a@b.example\n" * 80_000,
        "(" * 1_000_000,
        "mailbox " * 120_000,
        "\n" * 1_000_000,
        "5.1." * 250_000,
    ],
    ids=["ruler", "addresses", "parens", "words", "lines", "numbers"],
)
def test_hostile_megabyte_takes_a_fraction_of_a_second(text: str) -> None:
    email = mail(
        text=text, delivery_status=text[:65536], headers=(("X-Failed-Recipients", "a@b.example," * 5000),)
    )
    start = time.process_time()
    bounces.read(email)
    assert time.process_time() - start < 0.5
