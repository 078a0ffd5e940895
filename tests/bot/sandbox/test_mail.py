from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from email.message import EmailMessage
from typing import TYPE_CHECKING

import aiosmtplib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import mailbox, samples
from tests.bot.sandbox import world

if TYPE_CHECKING:
    from bot.sandbox import Sandbox


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {
        "From": "Acme Support <support@acme.example>",
        "To": "maria@example.com",
        **headers,
    }.items():
        message[name.replace("_", "-")] = value
    message.set_content("Wir kümmern uns darum.\n")
    message.add_alternative("<p>Wir kümmern uns darum.</p>", subtype="html")
    return message


async def deliver(sandbox: Sandbox, message: EmailMessage) -> None:
    await aiosmtplib.send(message, hostname="127.0.0.1", port=sandbox.smtp_port)


def draft(**fields: object) -> world.Json:
    sender = {"name": "Maria Costa", "email": "maria@example.com"}
    return {"from": sender, "subject": "Refund", "text": "Please.", **fields}


async def test_a_received_mail_is_in_the_inbox_with_both_its_bodies(
    sandbox: Sandbox, page: world.Page
) -> None:
    await deliver(sandbox, mail(Subject="Re: Größe [DB-1]", Message_ID="<1@acme.example>"))
    (shown,) = (await page.state())["inbox"]
    assert (shown["subject"], shown["message_id"]) == ("Re: Größe [DB-1]", "<1@acme.example>")
    assert (shown["text"], shown["html"]) == ("Wir kümmern uns darum.\n", "<p>Wir kümmern uns darum.</p>\n")
    assert ["To", "maria@example.com"] in shown["headers"]
    assert "raw" not in shown
    (kept,) = sandbox.mailbox.inbox()
    assert b"Message-ID: <1@acme.example>" in base64.b64decode(kept["raw"])


async def test_an_address_can_be_made_to_refuse(sandbox: Sandbox) -> None:
    sandbox.smtp_reject("Maria@example.com", "550 5.1.1 no such user")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as caught:
        await deliver(sandbox, mail(Subject="x"))
    (refused,) = caught.value.recipients
    assert (refused.code, sandbox.mailbox.inbox()) == (550, [])


async def test_a_sent_mail_is_signed_over_its_bytes(page: world.Page, bot: world.Bot) -> None:
    file = {"filename": "a.txt", "contentType": "text/plain", "content": base64.b64encode(b"abc").decode()}
    await page.post("mail", draft(attachments=[file]))
    ((headers, body),) = bot.mails
    digest = hmac.new(world.WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
    payload = json.loads(body)
    assert headers["X-Signature"] == f"sha256={digest}"
    assert payload["from"] == {"name": "Maria Costa", "email": "maria@example.com"}
    assert payload["to"] == "support@acme.example"
    assert payload["attachments"] == [file | {"size": 3}]
    assert payload["headers"]["Message-ID"] == payload["messageId"]


@pytest.mark.usefixtures("bot")
async def test_what_the_webhook_answered_stands_at_the_sent_mail(page: world.Page) -> None:
    await page.post("mail", draft())
    (sent,) = (await page.state())["sent"]
    assert (sent["status"], sent["trace_id"], sent["from"]) == (
        "202 Accepted",
        "trace-1",
        "Maria Costa <maria@example.com>",
    )


async def test_a_mail_to_a_bot_that_is_away_is_kept_as_not_delivered(page: world.Page) -> None:
    await page.post("mail", draft())
    (sent,) = (await page.state())["sent"]
    assert (sent["status"], sent["trace_id"]) == ("not delivered", None)


async def test_a_reply_names_the_mail_that_it_answers(
    sandbox: Sandbox, page: world.Page, bot: world.Bot
) -> None:
    await deliver(sandbox, mail(Subject="Hi", Message_ID="<2@acme.example>", References="<1@example.com>"))
    (received,) = (await page.state())["inbox"]
    await page.post("mail", draft(reply_to_id=received["id"]))
    payload = json.loads(bot.mails[0][1])
    assert payload["inReplyTo"] == "<2@acme.example>"
    assert payload["references"] == ["<1@example.com>", "<2@acme.example>"]
    assert payload["headers"]["References"] == "<1@example.com> <2@acme.example>"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"from": {"name": "x", "email": "nowhere"}}, "invalid_request: from.email"),
        ({"attachments": [{"filename": "a", "content": "abcde"}]}, "invalid_request: attachments.0.content"),
        ({"reply_to_id": "m0"}, "mail_not_found"),
    ],
)
async def test_an_unusable_draft_is_refused(page: world.Page, fields: world.Json, error: str) -> None:
    assert await page.post("mail", draft(**fields)) == {"ok": False, "error": error}


async def test_the_out_of_office_sample_is_marked_as_automatic(page: world.Page, bot: world.Bot) -> None:
    (sample,) = (each for each in (await page.state())["samples"] if each["id"] == "out-of-office")
    await page.post("mail", sample)
    await page.post("mail", draft())
    automatic, ordinary = (json.loads(body)["headers"] for _, body in bot.mails)
    assert automatic["Auto-Submitted"] == "auto-replied"
    assert "Auto-Submitted" not in ordinary


async def test_a_burst_is_twenty_different_mails(page: world.Page, bot: world.Bot) -> None:
    assert await page.post("burst") == {"ok": True, "count": 20}
    payloads = [json.loads(body) for _, body in bot.mails]
    assert len({payload["subject"] + payload["text"] for payload in payloads}) == 20
    assert len({payload["from"]["email"] for payload in payloads}) == 20


def test_the_sample_invoice_is_a_pdf() -> None:
    ((_, kind, content),) = samples.SAMPLES[0].attachments
    assert kind == "application/pdf"
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize(
    "raw",
    [
        b"Message-ID: <a@[b>\r\n\r\nx",
        b"From: " + b"(" * 3000 + b"\r\n\r\nx",
        b"Subject: =?no-such-charset?q?x?=\r\nContent-Type: text/plain; charset=no-such\r\n\r\nx",
        b"Subject: =?utf-8?b?=E9?=\r\n\r\nx",
    ],
)
def test_a_hostile_mail_is_still_shown(raw: bytes) -> None:
    assert mailbox.parsed(raw)["text"] == "x"


@given(st.binary(max_size=300))
def test_no_bytes_break_the_mailbox(raw: bytes) -> None:
    assert json.dumps(mailbox.parsed(raw))


async def test_a_connected_sender_does_not_hold_up_the_end(sandbox: Sandbox) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=sandbox.smtp_port)
    await client.connect()
    async with asyncio.timeout(1):
        await sandbox.stop()
    client.close()
