from __future__ import annotations

import json
from typing import Any

import pytest

from bot.intake.interfaces import IgnoredEventError
from bot.intake.providers import PROVIDERS
from tests.bot.intake.deliveries import NOW, Delivery, payload

POSTMARK = PROVIDERS["postmark"]


def test_the_full_fields_are_read_before_the_flat_ones() -> None:
    email = POSTMARK.parse(payload("postmark_inbound.json"), received_at=NOW)
    assert [str(address) for address in (email.sender, email.reply_to, *email.to)] == [
        "Mira Olsen <mira@harbour.example>",
        "mira.private@harbour.example",
        "Acme Shop <support@acme.example>",
    ]
    assert email.provider_id == "6f1c2c1e-9d0b-4b52-8a52-0c7d0f6f8a11"
    assert email.message_id == "<order-1@harbour.example>"
    assert email.references == ("<first@acme.example>",)
    assert email.extra["Date"] == "Tue, 24 Nov 2026 11:58:02 +0100"
    assert email.received_at == NOW


def test_the_topmost_return_path_is_the_envelope_and_spf_is_postmarks() -> None:
    email = POSTMARK.parse(payload("postmark_inbound.json"), received_at=NOW)
    assert (email.envelope_from, email.envelope_to) == ("bounces@harbour.example", ("support@acme.example",))
    assert email.spf_pass is True


def test_attachments_have_clean_names_and_the_names_that_the_html_calls_them_by() -> None:
    raw = payload("postmark_inbound.json")
    found = POSTMARK.parse(raw, received_at=NOW).attachments
    assert [(file.filename, file.content_type, file.size, file.content_id) for file in found] == [
        ("receipt.txt", "text/plain", 13, None),
        ("dot.gif", "image/gif", 12, "dot@harbour.example"),
    ]
    assert POSTMARK.attachment_content(raw, 1) == b"GIF89a\x01\x00\x01\x00\x00;"


def test_the_raw_mail_is_preferred_and_the_payload_tells_of_its_delivery() -> None:
    raw = payload("postmark_raw_email.json")
    email = POSTMARK.parse(raw, received_at=NOW)
    assert (email.subject, email.text) == ("As it came", "Grüße")
    assert email.provider_id == "0a8f3a52-77f4-4f0f-9a7e-3d9a6c3b2a10"
    assert (email.envelope_from, email.envelope_to) == (
        "bounces@harbour.example",
        ("support+db1042@acme.example",),
    )
    assert [file.filename for file in email.attachments] == ["receipt.pdf"]
    assert POSTMARK.attachment_content(raw, 0) == b"%PDF-1.4\n"


def test_another_event_is_no_mail() -> None:
    with pytest.raises(IgnoredEventError, match="Bounce"):
        POSTMARK.parse(payload("postmark_bounce.json"), received_at=NOW)


@pytest.mark.parametrize(
    "change", [{"Headers": "x"}, {"Headers": [1]}, {"Attachments": "x"}, {"FromFull": 1}, {"RawEmail": 7}]
)
def test_a_field_of_a_wrong_type_costs_no_more_than_itself(change: dict[str, Any]) -> None:
    raw = json.dumps(json.loads(payload("postmark_inbound.json")) | change).encode()
    assert POSTMARK.parse(raw, received_at=NOW).subject == "Where is order #482913?"


async def test_a_secret_without_a_colon_comes_in_a_header() -> None:
    raw = payload("postmark_inbound.json")
    good = Delivery(provider="postmark", raw=raw, headers={"X-Webhook-Secret": "a-long-secret"})
    assert (await good.admit(["user:password", "a-long-secret"])).delivery_id is None
