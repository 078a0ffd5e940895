from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import robots
from routing.email import Address, Attachment, InboundEmail
from routing.robots import AutomaticKind
from tests.routing.mails import mail, with_header

OWN = frozenset({"support@acme.example"})


def judge(email: InboundEmail) -> robots.Automatic:
    return robots.judge(email, own_addresses=OWN)


def sent_by(address: str, name: str = "") -> InboundEmail:
    return mail(sender=Address(email=address, name=name))


def report(kind: str, subject: str = "Report") -> InboundEmail:
    return with_header("Content-Type", f'multipart/report; boundary="x"; report-type={kind}', subject=subject)


CALENDAR = Attachment(filename="invite.ics", content_type="text/calendar; method=REPLY", size=1)

AUTOMATIC = [
    (AutomaticKind.LOOP, with_header("X-Deskbell-Loop", "1")),
    (AutomaticKind.LOOP, with_header("X-Loop", "somebody@other.example")),
    (AutomaticKind.LOOP, sent_by("support@acme.example")),
    (AutomaticKind.LOOP, sent_by("support+t1042@acme.example")),
    (AutomaticKind.FEEDBACK_REPORT, report("feedback-report")),
    (AutomaticKind.DELIVERY_NOTICE, report("disposition-notification")),
    (AutomaticKind.DELIVERY_NOTICE, report("delivery-status", "Delayed Mail (still being retried)")),
    (AutomaticKind.DELIVERY_NOTICE, report('"delivery-status"', "Delivery Status Notification (Success)")),
    (AutomaticKind.BOUNCE, report("delivery-status", "Undelivered Mail Returned to Sender")),
    (AutomaticKind.BOUNCE, with_header("X-Failed-Recipients", "gone@customer.example")),
    (AutomaticKind.BOUNCE, sent_by("mailer-daemon@mx.example")),
    (AutomaticKind.BOUNCE, sent_by("postmaster@mx.example", "System Administrator")),
    (AutomaticKind.BOUNCE, sent_by("bounce+abc=def@mx.example")),
    (AutomaticKind.CHALLENGE, mail(subject="Your email requires verification verify#abc")),
    (AutomaticKind.CHALLENGE, mail(subject="Please confirm your message")),
    (AutomaticKind.AUTO_REPLY, with_header("Auto-Submitted", "auto-replied")),
    (AutomaticKind.AUTO_REPLY, with_header("auto-submitted", " Auto-Replied (vacation)")),
    (AutomaticKind.AUTO_REPLY, with_header("X-Autoreply", "yes")),
    (AutomaticKind.AUTO_REPLY, with_header("X-Autorespond", "")),
    (AutomaticKind.AUTO_REPLY, with_header("Precedence", "auto_reply")),
    (AutomaticKind.AUTO_REPLY, with_header("Content-Type", "text/calendar; charset=utf-8; method=REPLY")),
    (AutomaticKind.AUTO_REPLY, mail(attachments=(CALENDAR,))),
    (AutomaticKind.AUTO_REPLY, mail(subject="Automatic reply: A question")),
    (AutomaticKind.AUTO_REPLY, mail(subject="Out of Office")),
    (AutomaticKind.AUTO_REPLY, mail(subject="Abwesenheitsnotiz: Ihre Frage")),
    (AutomaticKind.AUTO_REPLY, mail(subject="R\u00e9ponse automatique\u00a0: votre question")),
    (AutomaticKind.AUTO_REPLY, mail(subject="Automatic reply: x", envelope_from="")),
    (AutomaticKind.MAILING_LIST, with_header("List-Id", "<news.example>")),
    (AutomaticKind.MAILING_LIST, with_header("list-unsubscribe", "<https://news.example/u>")),
    (AutomaticKind.MAILING_LIST, with_header("Precedence", "list")),
    (AutomaticKind.AUTO_GENERATED, with_header("Auto-Submitted", "auto-generated")),
    (AutomaticKind.AUTO_GENERATED, with_header("Auto-Submitted", "auto-notified; owner-email=x")),
    (AutomaticKind.AUTO_GENERATED, with_header("Auto-Submitted", "nothing-known")),
    (AutomaticKind.AUTO_GENERATED, report("tlsrpt")),
    (AutomaticKind.AUTO_GENERATED, with_header("Precedence", "Bulk")),
    (AutomaticKind.AUTO_GENERATED, with_header("Precedence", "junk")),
    (AutomaticKind.AUTO_GENERATED, sent_by("no-reply@shop.example")),
    (AutomaticKind.AUTO_GENERATED, sent_by("accounts-noreply@shop.example")),
    (AutomaticKind.AUTO_GENERATED, sent_by("do_not_reply+7@shop.example")),
    (AutomaticKind.AUTO_GENERATED, mail(envelope_from="")),
    (AutomaticKind.AUTO_GENERATED, with_header("Return-Path", "<>")),
]


@pytest.mark.parametrize(("kind", "email"), AUTOMATIC)
def test_automatic_mail_is_known_and_never_answered(kind: AutomaticKind, email: InboundEmail) -> None:
    verdict = judge(email)
    assert (verdict.is_automatic, verdict.kind, verdict.answer_allowed) == (True, kind, False)
    assert all(verdict.reasons)


def test_every_kind_has_a_case_here() -> None:
    assert {kind for kind, _ in AUTOMATIC} == set(AutomaticKind)


@pytest.mark.parametrize(
    "email",
    [
        with_header("X-Auto-Response-Suppress", "All"),
        with_header("X-Auto-Response-Suppress", "DR, RN, OOF, AutoReply"),
        mail(spf_pass=False),
        mail(dkim_pass=False),
        mail(spf_pass=False, dkim_pass=False),
        mail(reply_to=Address(email="support@acme.example")),
        mail(sender=None),
    ],
)
def test_some_mail_of_people_must_not_be_answered_automatically(email: InboundEmail) -> None:
    verdict = judge(email)
    assert (verdict.is_automatic, verdict.kind, verdict.answer_allowed) == (False, None, False)
    assert len(verdict.reasons) == 1


@pytest.mark.parametrize(
    "email",
    [
        mail(),
        with_header("Auto-Submitted", "no"),
        with_header("Auto-Submitted", "No (written by hand)"),
        with_header("X-Autoreply", "no"),
        with_header("Precedence", "first-class"),
        with_header("X-Auto-Response-Suppress", "DR, NDR"),
        with_header("Disposition-Notification-To", "pat@customer.example"),
        with_header("Content-Type", 'multipart/mixed; boundary="report-type=delivery-status"'),
        with_header("Return-Path", "<pat@customer.example>"),
        sent_by("smith@customer.example", "Noreply Smith"),
        sent_by("noreply.smith@customer.example"),
        sent_by("bouncer@club.example", "Mailer-Daemon"),
        sent_by("support@acme.example.test"),
        mail(subject="Re: Automatic reply: A question"),
        mail(subject="Out of office chairs?"),
        mail(subject="Undeliverable parcel"),
        mail(text="Auto-Submitted: auto-replied"),
        mail(spf_pass=False, dkim_pass=True),
        mail(spf_pass=True, dkim_pass=False),
        mail(attachments=(CALENDAR.model_copy(update={"content_type": "text/calendar; method=REQUEST"}),)),
    ],
)
def test_mail_of_people_is_answered(email: InboundEmail) -> None:
    assert judge(email) == robots.Automatic(is_automatic=False, kind=None, answer_allowed=True, reasons=())


@given(st.lists(st.tuples(st.sampled_from(["Content-Type", "Auto-Submitted", "X"]), st.text())), st.text())
def test_any_headers_and_subject_get_a_verdict(headers: list[tuple[str, str]], subject: str) -> None:
    email = InboundEmail(
        received_at=datetime(2026, 3, 2, tzinfo=UTC), headers=tuple(headers), subject=subject
    )
    assert not judge(email).answer_allowed  # there is no sender
