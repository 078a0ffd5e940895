"""What holds for every provider."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from bot.intake import received
from bot.intake.interfaces import UnparseableError
from bot.intake.providers import PROVIDERS
from bot.intake.received import Origin
from bot.intake.signature import SignatureInvalidError
from tests.bot.intake import deliveries
from tests.bot.intake.deliveries import NOW, OTHER_SECRETS, PAYLOADS, SECRETS, Delivery, deliver

UNTIMED = {"postmark"}
"""Nothing in their scheme tells when a delivery was made."""

everyone = pytest.mark.parametrize("provider", PROVIDERS)

FORMS = st.sampled_from(
    [
        b"--b\r\n",
        b"--b--",
        b'Content-Disposition: form-data; name="email"\r\n\r\n',
        b'Content-Disposition: form-data; name="content-id-map"\r\n\r\n[1]\r\n',
        b'Content-Disposition: form-data; name="message-headers"\r\n\r\n{"a": 1}\r\n',
        b'Content-Disposition: form-data; name="f"; filename="a"\r\n\r\n',
        b"body-plain=%00%ff&from=a@b.example&",
        b'{"Message": "{\\"notificationType\\": \\"Received\\", \\"content\\": \\"x\\"}", "Type": "Notification"}',
        b"\r\n",
    ]
)
BODIES = st.binary() | st.lists(FORMS | st.binary(max_size=8), max_size=20).map(b"".join)


def test_each_is_known_by_its_name_and_takes_some_media_type() -> None:
    assert set(PAYLOADS) == set(PROVIDERS)
    for name, provider in PROVIDERS.items():
        assert provider.name == name
        assert provider.content_types


@everyone
async def test_a_recorded_delivery_is_admitted_and_read(provider: str) -> None:
    delivery = deliver(provider)
    assert delivery.headers["Content-Type"].partition(";")[0] in PROVIDERS[provider].content_types
    admitted = await delivery.admit(SECRETS[provider])
    email = PROVIDERS[provider].parse(admitted.raw, received_at=NOW)
    assert email.subject == "Where is order #482913?"
    assert email.sender is not None
    assert email.sender.domain == "harbour.example"
    assert email.message_id is not None
    assert "support@acme.example" in [address.email for address in email.to]
    assert email.text
    assert email.attachments


@everyone
async def test_while_secrets_are_rotated_each_of_them_is_good(provider: str) -> None:
    both = (*OTHER_SECRETS[provider], *SECRETS[provider])
    await deliver(provider).admit(both)
    await deliver(provider, secrets=OTHER_SECRETS).admit(both)


async def refused(delivery: Delivery, *secrets: str) -> str:
    with pytest.raises(SignatureInvalidError) as caught:
        await delivery.admit(secrets)
    return str(caught.value)


@everyone
async def test_every_fault_is_the_same_error(provider: str) -> None:
    good, secrets = deliver(provider), SECRETS[provider]
    content_type = {"Content-Type": good.headers["Content-Type"]}
    faults = {
        await refused(deliver(provider, secrets=OTHER_SECRETS), *secrets),
        await refused(
            Delivery(provider=provider, raw=deliveries.payload(PAYLOADS[provider]), headers=content_type),
            *secrets,
        ),
        await refused(Delivery(provider=provider, raw=b"", headers=content_type), *secrets),
        await refused(good),
    }
    if provider not in UNTIMED:
        faults |= {
            await refused(deliver(provider, at=NOW - timedelta(days=2)), *secrets),
            await refused(deliver(provider, at=NOW + timedelta(days=2)), *secrets),
        }
    assert faults == {str(SignatureInvalidError())}


@everyone
async def test_what_comes_again_has_the_same_key_and_what_is_new_another(provider: str) -> None:
    other = deliveries.payload(PAYLOADS[provider]).replace(b"482913", b"482914").replace(b"mail-7", b"mail-8")
    other = other.replace(b"6f1c2c1e", b"6f1c2c1f")
    keys = [
        await dedup_key(delivery)
        for delivery in (
            deliver(provider),
            deliver(provider, at=NOW + timedelta(minutes=1)),
            deliver(provider, other, number=2),
        )
    ]
    assert keys[0] == keys[1] != keys[2]


async def dedup_key(delivery: Delivery) -> str:
    admitted = await delivery.admit(SECRETS[delivery.provider])
    origin = Origin(name="source", tenant="acme", provider=PROVIDERS[delivery.provider])
    mail = await received.read(
        admitted.raw, origin, content_type="text/plain", now=NOW, delivery_id=admitted.delivery_id
    )
    assert mail.parse_error is None
    return mail.dedup_key


def multipart(content: bytes) -> bytes:
    return (
        b"From: a@harbour.example\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\n"
        b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=a\r\n\r\n"
        + base64.encodebytes(content)
        + b"\r\n--cut--\r\n"
    )


def form(boundary: bytes, content: bytes) -> bytes:
    return (
        b'--%b\r\nContent-Disposition: form-data; name="from"\r\n\r\na@harbour.example\r\n'
        b'--%b\r\nContent-Disposition: form-data; name="attachment-1"; filename="a"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%b\r\n--%b--\r\n"
    ) % (boundary, boundary, content, boundary)


def carrying(provider: str, content: bytes) -> bytes:
    """A body with one file."""
    text = base64.b64encode(content).decode()
    if provider in {"mailgun", "sendgrid"}:
        return form(b"limit", content)
    if provider == "mailparse":
        return json.dumps({"from": "a@harbour.example", "attachments": [{"content": text}]}).encode()
    if provider == "postmark":
        file = {"Name": "a", "Content": text, "ContentType": "application/octet-stream"}
        return json.dumps({"From": "a@harbour.example", "Attachments": [file]}).encode()
    if provider == "ses":
        event = {
            "notificationType": "Received",
            "receipt": {"action": {"encoding": "BASE64"}},
            "content": base64.b64encode(multipart(content)).decode(),
        }
        return json.dumps({"Type": "Notification", "Message": json.dumps(event)}).encode()
    return multipart(content)


@given(content=st.binary())
@everyone
def test_an_attachment_comes_back_byte_for_byte(provider: str, content: bytes) -> None:
    raw = carrying(provider, content)
    (file,) = PROVIDERS[provider].parse(raw, received_at=NOW).attachments
    assert file.size == len(content)
    assert PROVIDERS[provider].attachment_content(raw, 0) == content
    assert PROVIDERS[provider].attachment_content(raw, 1) is None


@given(raw=BODIES)
@everyone
def test_whatever_comes_is_a_mail_or_unparseable(provider: str, raw: bytes) -> None:
    try:
        email = PROVIDERS[provider].parse(raw, received_at=NOW)
    except UnparseableError:
        return
    email.model_dump_json()
    for position in range(-1, len(email.attachments) + 1):
        PROVIDERS[provider].attachment_content(raw, position)


@given(raw=BODIES, value=st.text(max_size=20))
@everyone
async def test_nothing_is_accepted_by_chance_or_raises_another_error(
    provider: str, raw: bytes, value: str
) -> None:
    headers = CIMultiDict(
        dict.fromkeys((*deliver(provider).headers, "X-Signature", "X-Webhook-Secret"), value)
    )
    with pytest.raises(SignatureInvalidError):
        PROVIDERS[provider].authenticate(raw, headers, SECRETS[provider], now=NOW)
