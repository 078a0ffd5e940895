from __future__ import annotations

import json

import pytest

from bot.intake.interfaces import IgnoredEventError, VendorUnavailableError
from bot.intake.providers import PROVIDERS
from bot.intake.signature import SignatureInvalidError
from tests.bot.intake.deliveries import (
    NOW,
    RESEND_API,
    RESEND_FILE,
    SECRETS,
    StandInVendor,
    deliver,
    payload,
)

RESEND = PROVIDERS["resend"]
KEYS = SECRETS["resend"]


async def test_the_mail_itself_is_fetched_and_stored() -> None:
    vendor = StandInVendor()
    admitted = await deliver("resend").admit(KEYS, vendor=vendor)
    assert vendor.asked == [(RESEND_API, "re_key_of_the_tests"), (RESEND_FILE, None)]
    assert (admitted.raw, admitted.content_type) == (payload("message.txt"), "message/rfc822")
    assert admitted.delivery_id == "msg_1"
    assert RESEND.attachment_content(admitted.raw, 0) == b"id;total"


@pytest.mark.parametrize(
    "url",
    [
        None,
        "http://inbound-cdn.resend.com/raw",
        "https://evil.example/.resend.com/raw",
        "https://resend.com.evil.example/raw",
        "https://inbound-cdn.resend.com:8443/raw",
        "https://user@inbound-cdn.resend.com/raw",
    ],
)
async def test_where_it_is_not_with_resend_the_reading_of_resend_is_stored(url: str | None) -> None:
    told = json.loads(payload("resend_email.json")) | {"raw": {"download_url": url} if url else None}
    body = json.dumps(told).encode()
    vendor = StandInVendor({RESEND_API: body})
    admitted = await deliver("resend").admit(KEYS, vendor=vendor)
    assert admitted.raw == body
    assert len(vendor.asked) == 1
    email = RESEND.parse(admitted.raw, received_at=NOW)
    assert (email.subject, email.text) == ("Where is order #482913?", "It was promised for Monday.")
    assert email.in_reply_to == ("<first@acme.example>",)
    assert [file.filename for file in email.attachments] == ["orders.csv"]
    assert RESEND.attachment_content(admitted.raw, 0) is None


async def test_another_event_is_no_mail_and_causes_no_request() -> None:
    vendor = StandInVendor()
    with pytest.raises(IgnoredEventError, match=r"email\.opened"):
        await deliver("resend", payload("resend_opened.json")).admit(KEYS, vendor=vendor)
    assert vendor.asked == []


@pytest.mark.parametrize("answers", [{}, {RESEND_API: b"<html>"}, {RESEND_API: payload("resend_email.json")}])
async def test_a_mail_that_cannot_be_fetched_has_to_come_again(answers: dict[str, bytes]) -> None:
    with pytest.raises(VendorUnavailableError):
        await deliver("resend").admit(KEYS, vendor=StandInVendor(answers))


async def test_without_an_api_key_the_mail_waits_with_resend() -> None:
    vendor = StandInVendor()
    with pytest.raises(VendorUnavailableError, match="no API key"):
        await deliver("resend").admit(KEYS[:1], vendor=vendor)
    assert vendor.asked == []


@pytest.mark.parametrize("email_id", ["", "../../domains", "a/b", "a?b", 7, None])
async def test_an_odd_id_is_not_asked_for(email_id: object) -> None:
    event = json.loads(payload("resend_received.json"))
    event["data"]["email_id"] = email_id
    vendor = StandInVendor()
    delivery = deliver("resend", json.dumps(event).encode())
    assert (await delivery.admit(KEYS, vendor=vendor)).raw == delivery.raw
    assert vendor.asked == []


async def test_what_is_signed_but_no_json_is_kept_for_a_person() -> None:
    vendor = StandInVendor()
    assert (await deliver("resend", b"{").admit(KEYS, vendor=vendor)).raw == b"{"
    assert vendor.asked == []


async def test_the_standards_own_header_names_are_good_as_well() -> None:
    delivery = deliver("resend")
    headers = {name.replace("svix-", "webhook-"): value for name, value in delivery.headers.items()}
    again = type(delivery)(provider="resend", raw=delivery.raw, headers=headers)
    assert (await again.admit(KEYS)).delivery_id == "msg_1"


async def test_the_api_key_signs_no_webhook() -> None:
    forged = deliver("resend", secrets={"resend": KEYS[1:]})
    with pytest.raises(SignatureInvalidError):
        await forged.admit(KEYS)
