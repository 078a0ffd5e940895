from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from bot.intake.providers import PROVIDERS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
STATUS = "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; gone@customer.example\r\nAction: failed\r\n"
RETURNED = "Message-ID: <ours@acme.example>\r\nSubject: Hello\r\n\r\nMessage-ID: <not-this@acme.example>\r\n"


def raw(
    *, container: str = "multipart/report; report-type=delivery-status", returned: str = "message/rfc822"
) -> bytes:
    return (
        f"From: mailer-daemon@mx.example\r\nContent-Type: {container}; boundary=x\r\n\r\n"
        f"--x\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
        f"--x\r\nContent-Type: message/delivery-status\r\n\r\n{STATUS}"
        f"--x\r\nContent-Type: {returned}\r\n\r\n{RETURNED}--x--\r\n"
    ).encode()


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers", "Message/Global"])
def test_raw_report_brings_its_status_and_the_id_of_what_came_back(returned: str) -> None:
    email = PROVIDERS["raw"].parse(raw(returned=returned), received_at=NOW)
    assert email.delivery_status == STATUS.replace("\r\n", "\n").removesuffix("\n")
    assert email.returned_message_id == "<ours@acme.example>"
    assert email.text == "It failed."
    assert len(email.attachments) == 2, "both stay for people to read"


def test_json_report_is_read_from_its_attachments() -> None:
    def attachment(content_type: str, content: str) -> dict[str, str]:
        return {"contentType": content_type, "content": base64.b64encode(content.encode()).decode()}

    body = {
        "from": "mailer-daemon@mx.example",
        "text": "It failed.",
        "attachments": [
            {"contentType": 7, "content": None},
            "odd",
            attachment("Message/Delivery-Status; charset=us-ascii", STATUS),
            attachment("message/rfc822", RETURNED),
        ],
    }
    email = PROVIDERS["mailparse"].parse(json.dumps(body).encode(), received_at=NOW)
    assert email.delivery_status == STATUS.replace("\r\n", "\n")
    assert email.returned_message_id == "<ours@acme.example>"


def test_mail_with_a_forwarded_one_inside_is_no_report() -> None:
    forwarding = raw(container="multipart/mixed").replace(b"message/delivery-status", b"text/x-note")
    email = PROVIDERS["raw"].parse(forwarding, received_at=NOW)
    assert (email.delivery_status, email.returned_message_id) == (None, None)


def test_endless_status_is_cut() -> None:
    endless = raw().replace(STATUS.encode(), STATUS.encode() + b"X-Filler: y\r\n" * 100_000)
    email = PROVIDERS["raw"].parse(endless, received_at=NOW)
    assert email.delivery_status is not None
    assert len(email.delivery_status) <= 64 * 1024
