"""Who may deliver mail, and what everybody else hears."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from time import time
from typing import TYPE_CHECKING

import pytest

from bot import config
from bot.app import create_app
from bot.errors import SettingsError
from tests import desk as desk_module
from tests.desk import SUPPORT_YAML, WEBHOOK_SECRET, payload, signed

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

JSON = {"Content-Type": "application/json"}
BODY = json.dumps(payload()).encode()


def standard(body: bytes, *, secret: str = WEBHOOK_SECRET, at: float | None = None) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    timestamp = str(int(time() if at is None else at))
    content = b"msg_1.%s.%s" % (timestamp.encode(), body)
    signature = base64.b64encode(hmac.digest(secret.encode(), content, hashlib.sha256)).decode()
    names = {"webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": f"v1,{signature}"}
    return JSON | names


GOOD = {
    "with the prefix": signed(BODY),
    "without the prefix": signed(BODY) | {"X-Signature": signed(BODY)["X-Signature"].removeprefix("sha256=")},
}
BAD = {
    "none": JSON,
    "empty": JSON | {"X-Signature": ""},
    "prefix only": JSON | {"X-Signature": "sha256="},
    "of another secret": signed(BODY, "somebody-else"),
    "of another body": signed(BODY + b" "),
    "cut": JSON | {"X-Signature": signed(BODY)["X-Signature"][:-1]},
    "not ASCII": JSON | {"X-Signature": "sha256=ünïcode"},
    "standard, old": standard(BODY, at=time() - 3600),
    "standard, of the future": standard(BODY, at=time() + 3600),
    "standard, of another secret": standard(BODY, secret="somebody-else"),
    "standard, without an id": standard(BODY) | {"webhook-id": ""},
    "standard, timestamp is no number": standard(BODY) | {"webhook-timestamp": "yesterday"},
    "standard, wrong beside a good X-Signature": signed(BODY) | {"webhook-signature": "v1,AAAA"},
}


@pytest.mark.parametrize("name", GOOD)
async def test_a_good_signature_is_accepted(desk: Desk, name: str) -> None:
    answer = await desk.http.post("/webhooks/mailparse", content=BODY, headers=GOOD[name])
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")


async def test_standard_webhooks_are_accepted_and_known_by_their_id(desk: Desk) -> None:
    other = json.dumps(payload(id="mail-2")).encode()
    first = await desk.http.post("/webhooks/mailparse", content=BODY, headers=standard(BODY))
    again = await desk.http.post("/webhooks/mailparse", content=other, headers=standard(other))
    assert first.json()["status"] == "accepted"
    assert again.json() == {"trace_id": first.json()["trace_id"], "status": "duplicate"}


async def test_every_bad_signature_hears_the_same(desk: Desk) -> None:
    answers = {
        name: await desk.http.post("/webhooks/mailparse", content=BODY, headers=encoded(headers))
        for name, headers in BAD.items()
    }
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(BAD, 401)
    assert len({answer.content for answer in answers.values()}) == 1
    told = {
        frozenset((k, v) for k, v in answer.headers.items() if k != "date") for answer in answers.values()
    }
    assert len(told) == 1
    await desk.settle()
    assert desk.messages("C0BILLING") == []


def encoded(headers: dict[str, str]) -> dict[bytes, bytes]:
    return {name.encode(): value.encode() for name, value in headers.items()}


async def test_while_secrets_are_rotated_the_old_and_the_new_one_are_good(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    secrets = {"mailparse": ("the-new-secret", "the-old-secret"), "raw": (WEBHOOK_SECRET,)}
    async with desk_module.running(sandbox, tmp_path, deskbell_webhook_secrets=secrets) as desk:
        for secret, status in (("the-new-secret", 200), ("the-old-secret", 200), (WEBHOOK_SECRET, 401)):
            body = json.dumps(payload(id=secret)).encode()
            answer = await desk.http.post("/webhooks/mailparse", content=body, headers=signed(body, secret))
            assert answer.status_code == status, secret


def test_a_source_without_a_secret_is_no_open_door_but_an_error_at_the_start(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    secrets = {"mailparse": (WEBHOOK_SECRET,)}
    settings = desk_module.settings(sandbox, tmp_path, deskbell_webhook_secrets=secrets)
    with pytest.raises(SettingsError, match=r"DESKBELL_WEBHOOK_SECRETS__RAW: not set"):
        create_app(settings, config.load(SUPPORT_YAML))
