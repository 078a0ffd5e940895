from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.intake.interfaces import IgnoredEventError, UnparseableError, VendorUnavailableError
from bot.intake.providers import PROVIDERS
from bot.intake.ses import SesProvider
from bot.intake.signature import SignatureInvalidError
from tests.bot.intake import deliveries
from tests.bot.intake.deliveries import (
    CERTIFICATE_URL,
    NOW,
    SNS,
    TOPIC,
    Delivery,
    StandInVendor,
    deliver,
    payload,
)

SES = PROVIDERS["ses"]
EVENT: dict[str, Any] = json.loads(payload("ses_received.json"))


async def admit(raw: bytes, vendor: StandInVendor, *topics: str) -> str | None:
    """By a provider that knows no certificate yet."""
    topics = topics or (TOPIC,)
    return (await SesProvider().admit(raw, {}, topics, now=NOW, vendor=vendor)).delivery_id


def message(**fields: str) -> dict[str, str]:
    return {"Type": "Notification", "MessageId": "m-1", "Message": "x", "TopicArn": TOPIC} | fields


def subscription(url: str = f"{SNS}/?Action=ConfirmSubscription&Token=abc") -> bytes:
    fields = {"Type": "SubscriptionConfirmation", "Token": "abc", "SubscribeURL": url}
    return deliveries.sns_message(message(**fields))[0]


@pytest.mark.parametrize("version", ["1", "2"])
async def test_both_versions_of_the_signature_are_checked(version: str) -> None:
    raw, _ = deliveries.sns_message(message(Subject="Amazon SES"), version=version)
    assert await admit(raw, StandInVendor()) == "m-1"


@pytest.mark.parametrize(
    "name", ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type", "SignatureVersion"]
)
async def test_whatever_is_changed_breaks_the_signature(name: str) -> None:
    signed = json.loads(deliveries.sns_message(message(Subject="Amazon SES"))[0])
    changed = {"Timestamp": "2026-11-24T12:00:01.000Z", "TopicArn": TOPIC + "2", "SignatureVersion": "1"}.get(
        name, "y"
    )
    with pytest.raises(SignatureInvalidError):
        await admit(json.dumps(signed | {name: changed}).encode(), StandInVendor(), TOPIC, TOPIC + "2")


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem",
        "https://bucket.s3.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
        "https://sns.eu-west-1.amazonaws.com/../a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.pem?x",
        "https://sns.eu-west-1.amazonaws.com/a.pem\n",
    ],
)
async def test_a_certificate_is_fetched_from_sns_and_nowhere_else(url: str) -> None:
    vendor = StandInVendor()
    raw, _ = deliveries.sns_message(message(), url=url)
    with pytest.raises(SignatureInvalidError):
        await admit(raw, vendor)
    assert vendor.asked == []


async def test_a_stranger_causes_no_request() -> None:
    vendor = StandInVendor()
    with pytest.raises(SignatureInvalidError):
        await admit(deliver("ses").raw, vendor, "arn:aws:sns:eu-west-1:123456789012:other")
    assert vendor.asked == []


async def test_a_certificate_is_fetched_once() -> None:
    provider, vendor = SesProvider(), StandInVendor()
    for number in (1, 2):
        raw = deliver("ses", number=number).raw
        assert (
            await provider.admit(raw, {}, [TOPIC], now=NOW, vendor=vendor)
        ).delivery_id == f"message-{number}"
    assert vendor.asked == [(CERTIFICATE_URL, None)]


@pytest.mark.parametrize(
    "pem",
    [
        deliveries.certificate("sns.amazonaws.com.evil.example"),
        deliveries.certificate("www.amazonaws.com"),
        deliveries.certificate(until=NOW - timedelta(days=1)),
    ],
    ids=["another domain", "another host", "expired"],
)
async def test_a_certificate_that_is_not_of_sns_or_over_is_refused(pem: bytes) -> None:
    with pytest.raises(SignatureInvalidError):
        await admit(deliver("ses").raw, StandInVendor({CERTIFICATE_URL: pem}))


@pytest.mark.parametrize("answers", [{}, {CERTIFICATE_URL: b"<html>"}])
async def test_without_its_certificate_a_message_has_to_come_again(answers: dict[str, bytes]) -> None:
    with pytest.raises(VendorUnavailableError):
        await admit(deliver("ses").raw, StandInVendor(answers))


async def test_a_subscription_to_our_topic_is_confirmed_and_no_mail() -> None:
    vendor = StandInVendor()
    url = f"{SNS}/?Action=ConfirmSubscription&Token=abc"
    vendor.answers[url] = b"<ConfirmSubscriptionResponse/>"
    raw = subscription(url)
    await admit(raw, vendor)
    assert vendor.asked[-1] == (url, None)
    with pytest.raises(IgnoredEventError, match="SubscriptionConfirmation"):
        SES.parse(raw, received_at=NOW)


@pytest.mark.parametrize(
    "url", ["https://evil.example/?Action=ConfirmSubscription", f"{SNS}.evil.example/?a"]
)
async def test_a_subscription_leads_to_sns_and_nowhere_else(url: str) -> None:
    vendor = StandInVendor()
    with pytest.raises(SignatureInvalidError):
        await admit(subscription(url), vendor)
    assert vendor.asked == [(CERTIFICATE_URL, None)]


async def test_a_confirmation_that_fails_has_to_come_again() -> None:
    with pytest.raises(VendorUnavailableError):
        await admit(subscription(), StandInVendor())


def parsed(event: object) -> Delivery:
    return deliver("ses", json.dumps(event).encode())


@pytest.mark.parametrize("encoding", ["UTF8", "BASE64"])
def test_the_mail_inside_is_read_in_both_encodings(encoding: str) -> None:
    content = EVENT["content"]
    if encoding == "BASE64":
        content = base64.b64encode(content.encode()).decode()
    receipt = EVENT["receipt"] | {"action": {"type": "SNS", "encoding": encoding}}
    raw = parsed(EVENT | {"content": content, "receipt": receipt}).raw
    email = SES.parse(raw, received_at=NOW)
    assert (str(email.sender), email.text) == ("Mira Olsen <mira@harbour.example>", "Grüße")
    assert email.provider_id == "k1p7q4lm2o9s8d7f6g5h4j3k2l1"
    assert (email.envelope_from, email.envelope_to) == ("bounces@harbour.example", ("support@acme.example",))
    assert (email.spf_pass, email.dkim_pass) == (None, True)
    assert SES.attachment_content(raw, 0) == b"id;total"


@pytest.mark.parametrize(
    "fields", [{"Type": "UnsubscribeConfirmation"}, {"Message": "a test"}, {"Type": "New"}]
)
def test_other_messages_of_sns_are_no_mail(fields: dict[str, str]) -> None:
    with pytest.raises(IgnoredEventError):
        SES.parse(json.dumps(message(**fields)).encode(), received_at=NOW)


def test_a_notification_that_is_broken_is_kept_for_a_person() -> None:
    with pytest.raises(UnparseableError) as caught:
        SES.parse(json.dumps(message(Message='{"notificationType": "Rec')).encode(), received_at=NOW)
    assert not isinstance(caught.value, IgnoredEventError)


def test_other_events_of_ses_are_no_mail() -> None:
    with pytest.raises(IgnoredEventError, match="Bounce"):
        SES.parse(deliver("ses", payload("ses_bounce.json")).raw, received_at=NOW)


def test_a_notification_without_the_mail_says_what_is_missing() -> None:
    event = {name: value for name, value in EVENT.items() if name != "content"}
    with pytest.raises(UnparseableError, match="needs the action SNS") as caught:
        SES.parse(parsed(event).raw, received_at=NOW)
    assert not isinstance(caught.value, IgnoredEventError)
