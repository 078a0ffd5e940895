"""A mail from each provider, through the real door, to its card; and what the door says to everything else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot import config
from bot.clock import utc_now
from bot.intake.providers import PROVIDERS
from tests import desk as desk_module
from tests.acceptance.seen import cards, unfinished, words
from tests.bot.intake.deliveries import (
    OTHER_SECRETS,
    SECRETS,
    SNS,
    TOPIC,
    Delivery,
    StandInVendor,
    deliver,
    payload,
    sns_message,
)
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    import httpx

    Secrets = Mapping[str, Sequence[str]]

    from bot.config import SupportConfig
    from bot.sandbox import Sandbox
    from tests.desk import Desk

EVENTS = {
    "postmark": "postmark_bounce.json",
    "mailgun": "mailgun_opened.json",
    "ses": "ses_bounce.json",
    "resend": "resend_opened.json",
}


def config_of_all(folder: Path) -> SupportConfig:
    """The shipped desk with a source for each provider, by the provider's name."""
    sources = "".join(f"  {name}: {{provider: {name}, tenant: acme}}\n" for name in PROVIDERS)
    text = re.sub(r"(?m)^sources:\n(?:  .*\n)+", f"sources:\n{sources}", SUPPORT_YAML.read_text("utf-8"))
    path = folder / "support.yaml"
    path.write_text(text, encoding="utf-8")
    return config.load(path)


@pytest.fixture
def vendor() -> StandInVendor:
    return StandInVendor()


@pytest.fixture
async def desk(sandbox: Sandbox, tmp_path: Path, vendor: StandInVendor) -> AsyncIterator[Desk]:
    async with desk_module.running(
        sandbox,
        tmp_path,
        config=config_of_all(tmp_path),
        vendor=vendor,
        deskbell_webhook_secrets=SECRETS,
    ) as desk:
        yield desk


def sent(provider: str, body: bytes | None = None, *, secrets: Secrets = SECRETS) -> Delivery:
    """As `deliver`, but now."""
    return deliver(provider, body, at=utc_now(), secrets=secrets)


async def post(desk: Desk, delivery: Delivery) -> httpx.Response:
    url = f"/webhooks/{delivery.provider}"
    return await desk.http.post(url, content=delivery.raw, headers=dict(delivery.headers))


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_mail_becomes_a_card_once(desk: Desk, provider: str) -> None:
    first, again = await post(desk, sent(provider)), await post(desk, sent(provider))
    assert (first.status_code, first.json()["status"]) == (200, "accepted")
    assert again.json() == {"trace_id": first.json()["trace_id"], "status": "duplicate"}
    await desk.settle()
    card = desk.card("DB-1001")
    assert card["channel"] == "C0ORDERS"
    assert "Where is order #482913?" in words(card)
    assert cards(desk, "DB-1002") == []


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_stranger_is_refused_and_nothing_is_stored(desk: Desk, provider: str) -> None:
    answer = await post(desk, sent(provider, secrets=OTHER_SECRETS))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid signature"})
    await desk.settle()
    assert cards(desk, "DB-1001") == []


@pytest.mark.parametrize("provider", EVENTS)
async def test_an_event_that_is_no_mail_is_answered_and_not_stored(desk: Desk, provider: str) -> None:
    answer = await post(desk, sent(provider, payload(EVENTS[provider])))
    assert (answer.status_code, answer.json()) == (200, {"status": "ignored"})
    assert await unfinished(desk) == []


async def test_a_topic_subscribes_itself(desk: Desk, vendor: StandInVendor) -> None:
    url = f"{SNS}/?Action=ConfirmSubscription&Token=abc"
    vendor.answers[url] = b"<ConfirmSubscriptionResponse/>"
    fields = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "1",
        "Message": "You have chosen",
        "Token": "abc",
    }
    raw, headers = sns_message(fields | {"TopicArn": TOPIC, "SubscribeURL": url}, at=utc_now())
    answer = await post(desk, Delivery(provider="ses", raw=raw, headers=headers))
    assert (answer.status_code, answer.json()) == (200, {"status": "ignored"})
    assert [asked for asked, _ in vendor.asked][-1] == url


async def test_while_resend_is_away_the_mail_waits_there(desk: Desk, vendor: StandInVendor) -> None:
    known = dict(vendor.answers)
    vendor.answers.clear()
    refused = await post(desk, sent("resend"))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    vendor.answers.update(known)
    assert (await post(desk, sent("resend"))).json()["status"] == "accepted"


@pytest.mark.parametrize("provider", ["postmark", "mailgun", "sendgrid", "ses", "resend"])
async def test_a_body_of_another_type_is_refused(desk: Desk, provider: str) -> None:
    delivery = sent(provider)
    headers = {**delivery.headers, "Content-Type": "application/xml"}
    answer = await post(desk, Delivery(provider=provider, raw=delivery.raw, headers=headers))
    assert answer.status_code == 415


async def test_a_signed_form_without_a_mail_is_kept_for_a_person(desk: Desk) -> None:
    answer = await post(desk, sent("mailgun", b'{"recipient": "support@acme.example"}'))
    assert (answer.status_code, answer.json()["status"]) == (202, "unparseable")
    await desk.settle()
    (card,) = desk.messages("C0TRIAGE")
    assert "Please handle it by hand" in words(card)
