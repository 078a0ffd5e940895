from __future__ import annotations

import hmac
import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from bot.intake.interfaces import IgnoredEventError
from bot.intake.providers import PROVIDERS
from bot.intake.signature import SignatureInvalidError
from tests.bot.intake.deliveries import NOW, SECRETS, Delivery, deliver, payload, with_fields

MAILGUN = PROVIDERS["mailgun"]
STATUS = b"Reporting-MTA: dns; mx.harbour.example\r\n\r\nFinal-Recipient: rfc822; gone@harbour.example\r\n"


def test_the_form_is_read() -> None:
    email = MAILGUN.parse(payload("mailgun_parsed.txt"), received_at=NOW)
    assert str(email.sender) == "Jörg Möller <joerg@harbour.example>"
    assert [str(address) for address in email.to] == [
        "Acme Shop <support@acme.example>",
        "sales@acme.example",
    ]
    assert (email.envelope_from, email.envelope_to) == ("bounces@harbour.example", ("support@acme.example",))
    assert email.message_id == "<order-3@harbour.example>"
    assert email.in_reply_to == ("<first@acme.example>",)
    assert (email.spf_pass, email.dkim_pass) == (True, False)


def test_a_header_that_became_a_field_decides_nothing() -> None:
    raw = with_fields(payload("mailgun_parsed.txt"), {"id": "1", "received_at": "2026-11-23T00:00:00Z"})
    email = MAILGUN.parse(raw, received_at=NOW)
    assert (email.provider_id, email.received_at, email.spf_pass) == (None, NOW, True)


def test_files_have_their_names_and_those_that_the_html_calls_them_by() -> None:
    raw = payload("mailgun_parsed.txt")
    found = MAILGUN.parse(raw, received_at=NOW).attachments
    assert [(file.filename, file.content_type, file.size, file.content_id) for file in found] == [
        ("Beleg März.txt", "text/plain", 12, None),
        ("dot.gif", "image/gif", 7, "dot@harbour.example"),
    ]
    assert MAILGUN.attachment_content(raw, 1) == b"GIF89a;"


@pytest.mark.parametrize("content_ids", ["", "x", "[1]", "7", '{"<a>": 7}', "[" * 100_000])
def test_an_odd_map_of_content_ids_costs_no_file(content_ids: str) -> None:
    raw = with_fields(payload("mailgun_parsed.txt"), {"content-id-map": content_ids})
    assert len(MAILGUN.parse(raw, received_at=NOW).attachments) == 2


def test_the_raw_mail_is_preferred() -> None:
    email = MAILGUN.parse(deliver("mailgun", payload("mailgun_mime.json")).raw, received_at=NOW)
    assert (email.subject, email.text) == ("As it came", "Grüße & 100 % sure?\n")
    assert email.envelope_from == "bounces@harbour.example"
    assert email.spf_pass is False


def test_what_a_bounce_says_is_found_among_the_files() -> None:
    head = b'--Mg4Form\r\nContent-Disposition: form-data; name="attachment-3"; filename=""\r\n'
    report = head + b"Content-Type: message/delivery-status\r\n\r\n" + STATUS + b"\r\n"
    email = MAILGUN.parse(report + payload("mailgun_parsed.txt"), received_at=NOW)
    assert email.delivery_status is not None
    assert "gone@harbour.example" in email.delivery_status


def test_files_that_mailgun_keeps_are_told_with_their_address() -> None:
    raw = deliver("mailgun", payload("mailgun_stored.json")).raw
    (file,) = MAILGUN.parse(raw, received_at=NOW).attachments
    assert (file.filename, file.size, file.url) == ("receipt.pdf", 9, "https://storage.example/1")
    assert MAILGUN.attachment_content(raw, 0) is None


async def test_the_token_is_the_id_of_the_delivery_and_outlives_a_new_body() -> None:
    first = await deliver("mailgun").admit(SECRETS["mailgun"])
    other = await deliver("mailgun", payload("mailgun_mime.json")).admit(SECRETS["mailgun"])
    assert first.delivery_id == other.delivery_id
    assert len(first.delivery_id or "") == 50


@pytest.mark.parametrize("distance", [timedelta(minutes=5), timedelta(minutes=-5)])
async def test_a_signature_is_good_for_five_minutes(distance: timedelta) -> None:
    await deliver("mailgun", at=NOW + distance).admit(SECRETS["mailgun"])
    with pytest.raises(SignatureInvalidError):
        await deliver("mailgun", at=NOW + distance * 1.01).admit(SECRETS["mailgun"])


async def test_an_event_is_authenticated_and_no_mail() -> None:
    event = deliver("mailgun", payload("mailgun_opened.json"))
    assert (await event.admit(SECRETS["mailgun"])).raw == event.raw
    with pytest.raises(IgnoredEventError):
        MAILGUN.parse(event.raw, received_at=NOW)


def test_an_event_of_old_is_no_mail_either() -> None:
    event = urlencode({"event": "delivered", "recipient": "a@harbour.example", "message-headers": "[]"})
    with pytest.raises(IgnoredEventError):
        MAILGUN.parse(event.encode(), received_at=NOW)


def test_a_mail_with_a_header_of_that_name_is_a_mail() -> None:
    raw = with_fields(payload("mailgun_parsed.txt"), {"event": "Christmas"})
    assert MAILGUN.parse(raw, received_at=NOW).subject == "Where is order #482913?"


@pytest.mark.parametrize("signature", [{}, [], "x", {"timestamp": 1, "token": None, "signature": ["x"]}])
async def test_a_signature_of_a_wrong_shape_is_refused(signature: object) -> None:
    raw = json.dumps({"signature": signature, "event-data": {}}).encode()
    with pytest.raises(SignatureInvalidError):
        await Delivery(provider="mailgun", raw=raw, headers={}).admit(SECRETS["mailgun"])


async def test_without_a_token_nothing_could_tell_a_replay() -> None:
    timestamp = str(int(NOW.timestamp()))
    signature = hmac.digest(SECRETS["mailgun"][0].encode(), timestamp.encode(), "sha256").hex()
    raw = urlencode({"timestamp": timestamp, "token": "", "signature": signature}).encode()
    with pytest.raises(SignatureInvalidError):
        await Delivery(provider="mailgun", raw=raw, headers={}).admit(SECRETS["mailgun"])
