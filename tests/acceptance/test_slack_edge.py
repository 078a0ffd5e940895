"""`/slack/events`: what Slack sends is heard once, what others send is not heard at all."""

from __future__ import annotations

import json
from time import time
from typing import TYPE_CHECKING

import pytest
from slack_sdk.signature import SignatureVerifier

from tests.desk import ANA, SIGNING_SECRET

if TYPE_CHECKING:
    import httpx

    from tests.desk import Desk

FORM = "application/x-www-form-urlencoded"
UNREADABLE = "payload=x"


async def post(
    desk: Desk,
    body: str,
    *,
    secret: str = SIGNING_SECRET,
    timestamp: str | None = None,
    content_type: str = FORM,
    **headers: str,
) -> httpx.Response:
    timestamp = str(int(time())) if timestamp is None else timestamp
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body) or ""
    signed = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
    sent = {"Content-Type": content_type} | signed | headers
    return await desk.http.post("/slack/events", content=body.encode(), headers=sent)


async def send_event(desk: Desk, event: dict[str, str], **request: str) -> httpx.Response:
    body = json.dumps({"type": "event_callback", "team_id": "T0ACME", "event": event, "event_id": "Ev1"})
    return await post(desk, body, content_type="application/json", **request)


async def test_what_slack_has_not_signed_is_refused_before_it_is_parsed(desk: Desk) -> None:
    """A body that nobody can parse gets the same 401: had it been parsed, it would be 400."""
    answers = [
        await desk.http.post("/slack/events", content=UNREADABLE, headers={"Content-Type": FORM}),
        await post(desk, UNREADABLE, secret="somebody-else"),
        await post(desk, UNREADABLE, timestamp=str(int(time()) - 3600)),
        await post(desk, UNREADABLE, timestamp=str(int(time()) + 3600)),
        await post(desk, UNREADABLE, timestamp="yesterday"),
        await post(desk, UNREADABLE, timestamp=""),
    ]
    assert [answer.status_code for answer in answers] == [401] * len(answers)
    assert {answer.text for answer in answers} == {"invalid signature"}


@pytest.mark.parametrize("body", [UNREADABLE, "", "payload=[]", "payload=%7B"])
async def test_a_signed_body_that_cannot_be_read_is_a_bad_request(desk: Desk, body: str) -> None:
    assert (await post(desk, body)).status_code == 400


async def test_a_signed_event_that_nobody_listens_to_is_no_failure(desk: Desk) -> None:
    """Slack counts every 404 as a failure, and too many of them end the subscription."""
    assert (await send_event(desk, {"type": "team_join", "user": ANA})).status_code == 200


async def test_a_repeated_event_is_heard_once(desk: Desk) -> None:
    event = {"type": "app_home_opened", "tab": "home", "user": ANA, "channel": "D0ANA"}
    assert (await send_event(desk, event)).status_code == 200
    assert (await send_event(desk, event, **{"X-Slack-Retry-Num": "1"})).status_code == 200
    await desk.settle()
    published = [call for call in desk.sandbox.calls if call.method == "views.publish"]
    assert len(published) == 1


async def test_slack_may_verify_the_address(desk: Desk) -> None:
    assert await desk.sandbox.events.verify_url()
