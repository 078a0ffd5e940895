from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intake.providers import PROVIDERS
from bot.replies import names, render
from bot.replies.mails import AcknowledgementMail, ReplyMail, UpdateMail
from routing.email import Address

COMMON: dict[str, Any] = {
    "sender": Address(email="support@acme.example", name="Acme Shop"),
    "recipient": Address(email="maria@example.com", name="Maria"),
    "reference": "DB-1042",
    "mark": "k7f3qw",
    "reply_to": "support+DB1042.abcdefghijklmnop@acme.example",
    "subject": "AW: Where is it? [DB-1042] (k7f3qw)",
    "message_id": "<deskbell.acknowledgement.17@acme.example>",
    "in_reply_to": "<new@example.com>",
    "references": ("<oldest@example.com>",),
    "sent_at": datetime(2026, 11, 24, 12, tzinfo=UTC),
    "trace_id": "trace-1",
    "domain": "acme.example",
    "desk_name": "Acme Shop",
    "footer": "Acme Shop Ltd, 1 Example Street\nRegistered in <Example>",
}
ACKNOWLEDGEMENT = AcknowledgementMail(
    **COMMON, queue_name="Orders & more", response_within=timedelta(hours=4), urgent_word="DRINGEND"
)
REPLY = ReplyMail(**COMMON, text="Hello Maria,\n\nit is on its way.", agent_name="Ana")


def received(message: EmailMessage) -> EmailMessage:
    """The mail as another program reads its bytes."""
    raw = message.as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    parsed = email.message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_acknowledgement_stands_in_the_thread_and_says_that_it_is_automatic() -> None:
    message = received(render.acknowledgement(ACKNOWLEDGEMENT))
    assert {name: value for name, value in message.items() if not name.startswith(("Content-", "MIME-"))} == {
        "From": "Acme Shop <support@acme.example>",
        "To": "Maria <maria@example.com>",
        "Subject": "Re: Where is it? [DB-1042] (k7f3qw)",
        "Reply-To": "Acme Shop <support+DB1042.abcdefghijklmnop@acme.example>",
        "Date": "Tue, 24 Nov 2026 12:00:00 +0000",
        "Message-ID": "<deskbell.acknowledgement.17@acme.example>",
        "In-Reply-To": "<new@example.com>",
        "References": "<oldest@example.com> <new@example.com>",
        "X-Deskbell-Loop": "acme.example",
        "X-Deskbell-Trace": "trace-1",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
    }


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_acknowledgement_tells_number_promise_queue_and_how_to_be_urgent(kind: str) -> None:
    text = part(received(render.acknowledgement(ACKNOWLEDGEMENT)), kind)
    text = re.sub(r"</?b>", "", text).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    for words in (
        "Hello Maria,",
        "our Orders & more team",
        "DB-1042",
        "our first answer within 4 hours.",
        "Answer this mail with DRINGEND as the first word",
        "Acme Shop Ltd, 1 Example Street",
        "Registered in <Example>",
    ):
        assert words in text


def test_acknowledgement_without_a_target_promises_nothing() -> None:
    text = part(received(render.acknowledgement(replace(ACKNOWLEDGEMENT, response_within=None))), "plain")
    assert "within" not in text
    assert "A person will read it and answer you by e-mail." in text


@pytest.mark.parametrize(
    ("due_at", "words"),
    [
        ("2026-11-24T16:00:00", "by Tuesday 16:00 (Europe/Berlin)"),
        ("2026-11-30T09:20:00", "by Monday 09:20 (Europe/Berlin)"),
        ("2026-11-30T09:20:00.000001", "by Monday 09:21 (Europe/Berlin)"),
        ("2026-12-01T09:00:00", "by Tuesday, 1 December, 09:00 (Europe/Berlin)"),
        ("2027-01-04T09:00:00", "by Monday, 4 January, 09:00 (Europe/Berlin)"),
    ],
)
def test_a_promise_in_office_hours_names_the_time_of_the_office(due_at: str, words: str) -> None:
    by = datetime.fromisoformat(due_at).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    text = part(received(render.acknowledgement(replace(ACKNOWLEDGEMENT, response_by=by))), "plain")
    assert f"You can expect our first answer {words}." in text


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(seconds=5), "within 1 minute"),
        (timedelta(minutes=30), "within 30 minutes"),
        (timedelta(minutes=60), "within 1 hour"),
        (timedelta(minutes=90), "within 2 hours"),
        (timedelta(hours=24), "within 24 hours"),
        (timedelta(hours=36), "within 36 hours"),
        (timedelta(days=2), "within 2 days"),
    ],
)
def test_promise_is_rounded_up(duration: timedelta, words: str) -> None:
    assert render.within(duration) == words


def test_reply_is_a_mail_from_a_person() -> None:
    message = received(render.reply(REPLY))
    assert message["Subject"] == "Re: Where is it? [DB-1042] (k7f3qw)"
    assert (message["In-Reply-To"], message["X-Deskbell-Trace"]) == ("<new@example.com>", "trace-1")
    assert "Auto-Submitted" not in message
    assert "X-Auto-Response-Suppress" not in message


def test_preview_is_the_text_part_of_the_reply() -> None:
    text = render.reply_text(REPLY)
    assert text == part(received(render.reply(REPLY)), "plain")
    assert text.startswith("Hello Maria,\n\nit is on its way.\n\nAna, Acme Shop\n\n-- \nTicket DB-1042\n")


def test_text_of_the_agent_is_escaped_linked_and_keeps_its_lines() -> None:
    text = "<b>5 < 6</b> & so\nhttps://track.example.shop/?a=1&b=2\njavascript:alert(1) mail@example.com"
    html = part(received(render.reply(replace(REPLY, text=text))), "html")
    assert "&lt;b&gt;5 &lt; 6&lt;/b&gt; &amp; so<br>" in html
    assert 'href="https://track.example.shop/?a=1&amp;b=2"' in html
    assert 'href="mailto:mail@example.com"' in html
    assert "javascript:alert(1)" in html
    assert 'href="javascript' not in html


def test_customer_without_name_subject_or_message_id_is_answered() -> None:
    bare = replace(
        ACKNOWLEDGEMENT,
        recipient=Address(email="maria@example.com"),
        subject="Re: ",
        in_reply_to=None,
        references=(),
    )
    message = received(render.acknowledgement(bare))
    assert (message["To"], message["Subject"]) == ("maria@example.com", "Re: your message [DB-1042] (k7f3qw)")
    assert "In-Reply-To" not in message
    assert "References" not in message
    assert part(message, "plain").startswith("Hello,\n")


def test_names_and_subjects_of_any_language_arrive_whole() -> None:
    subject = (
        "Wo ist meine Bestellung? Ich warte seit zwei Wochen und höre nichts, 注文番号は123456です 🙏 " * 2
    )
    mail = replace(
        ACKNOWLEDGEMENT, recipient=Address(email="m@example.com", name="María Ñandú"), subject=subject
    )
    message = received(render.acknowledgement(mail))
    assert message["Subject"] == f"Re: {subject.strip()} [DB-1042] (k7f3qw)"
    assert message["To"].addresses[0].display_name == "María Ñandú"
    head = render.acknowledgement(mail).as_bytes().partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78


def test_long_message_ids_are_never_turned_into_encoded_words() -> None:
    ids = tuple(f"<{letter * 120}@mail.example.com>" for letter in "abc")
    raw = render.reply(replace(REPLY, references=ids[:2], in_reply_to=ids[2])).as_bytes()
    assert b"References: " + "\r\n ".join(ids).encode() + b"\r\n" in raw
    assert b"In-Reply-To: " + ids[2].encode() + b"\r\n" in raw


_HOSTILE = st.lists(
    st.sampled_from(
        ["\r\n", "\n", "\r", "Bcc: all@example.com", "=?utf-8?q?a=0d=0aBcc:_all=40example.com?=", "=?utf-8?q?", "?=",
         '"', "<", ">", ",", "(", "@", "\\", ":", ";", " ", "\u2028", "\u202e", "é", "日本語", "🙏", "x" * 90, "Maria",
         "{{ 7*7 }}", "\0", "\x85"],
    ),
    max_size=12,
).map("".join)  # fmt: skip
_WORDS = st.lists(
    st.sampled_from(["Wo", "höre", "注文番号は", "🙏", "x" * 40, "a=b?", "_", "अनि"]), min_size=1, max_size=30
)


@settings(deadline=None)
@given(words=_WORDS)
def test_every_subject_is_read_as_it_was_written(words: list[str]) -> None:
    subject = " ".join(words)[:150].strip()
    message = received(render.reply(replace(REPLY, subject=subject)))
    assert message["Subject"] == f"Re: {subject} [DB-1042] (k7f3qw)"


@settings(deadline=None)
@given(words=st.lists(st.sampled_from(["Wo", "Höre", "注文番号は", "अनि", "J.", "O'Neill"]), min_size=1))
def test_every_name_is_read_as_it_was_written(words: list[str]) -> None:
    name = " ".join(words)
    message = render.reply(replace(REPLY, recipient=Address(email="maria@example.com", name=name)))
    # Read by our own intake: the standard library's reader adds spaces between encoded words of a name.
    (recipient,) = PROVIDERS["raw"].parse(message.as_bytes(), received_at=REPLY.sent_at).to
    assert recipient.name == (name if len(name) <= names.LONGEST else "")


@settings(deadline=None)
@given(name=_HOSTILE, subject=_HOSTILE, message_id=_HOSTILE)
def test_nothing_that_a_customer_writes_adds_a_header_or_a_recipient(
    name: str, subject: str, message_id: str
) -> None:
    mail = replace(
        ACKNOWLEDGEMENT,
        recipient=Address(email="maria@example.com", name=name),
        subject=subject,
        in_reply_to=f"<{message_id}>",
        references=(message_id, f"<{message_id}@x>"),
    )
    message = received(render.acknowledgement(mail))
    assert set(message.keys()) <= {*render.acknowledgement(ACKNOWLEDGEMENT).keys()}
    assert [address.addr_spec for address in message["To"].addresses] == ["maria@example.com"]
    assert message["Subject"].endswith("[DB-1042] (k7f3qw)")
    assert not message.defects
    assert not message["Subject"].defects


def test_an_acknowledgement_says_what_is_known_of_the_incident() -> None:
    known = "We repair <it>.\nSee https://status.acme.example"
    message = received(render.acknowledgement(replace(ACKNOWLEDGEMENT, incident_text=known)))
    assert f"What we know already:\n\n{known}\n" in part(message, "plain")
    assert "We repair &lt;it&gt;." in part(message, "html")
    assert "What we know" not in part(received(render.acknowledgement(ACKNOWLEDGEMENT)), "html")


def test_an_update_is_a_mail_that_no_away_message_answers() -> None:
    mail = UpdateMail(**COMMON, text="We repair <it>.")
    message = received(render.update(mail))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["In-Reply-To"] == "<new@example.com>"
    assert part(message, "plain") == render.update_text(mail)
    assert "Hello Maria,\n\nWe repair <it>.\n\nAcme Shop\n" in part(message, "plain")
    assert "We repair &lt;it&gt;." in part(message, "html")
