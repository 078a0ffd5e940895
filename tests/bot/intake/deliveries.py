"""What each provider's webhook looks like: recorded payloads of our own making, signed as the vendor signs."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from multidict import CIMultiDict

from bot.intake.interfaces import Admitted, OnlineProvider, VendorUnavailableError
from bot.intake.providers import PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:support-mail"
SNS = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE_URL = f"{SNS}/SimpleNotificationService-0123abcd.pem"
RESEND_API = "https://api.resend.com/emails/receiving/8c1d0f4e-3b7a-4c5d-9e6f-0a1b2c3d4e5f"
RESEND_FILE = "https://inbound-cdn.resend.com/8c1d/raw?signature=x"


def payload(name: str) -> bytes:
    """A recorded payload; forms and mails have the line ends of the wire."""
    content = (Path(__file__).parent / "payloads" / name).read_bytes()
    if name.endswith(".json"):
        return content
    return content.replace(b"\n", b"\r\n").replace(b"LATIN-1", "Grüße".encode("latin-1"))


@cache
def sendgrid_key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number, ec.SECP256R1())


def public_key(number: int) -> str:
    """As SendGrid shows it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    der = sendgrid_key(number).public_key().public_bytes(serialization.Encoding.DER, form)
    return base64.b64encode(der).decode()


@cache
def sns_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(name: str = "sns.amazonaws.com", *, until: datetime = NOW + timedelta(days=3650)) -> bytes:
    """As PEM. Like that of SNS, but signed by itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        subject, subject, sns_key().public_key(), 7, NOW - timedelta(days=3650), until
    )
    return builder.sign(sns_key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class StandInVendor:
    """Amazon and Resend, with what they have to give; everything else is an outage."""

    answers: dict[str, bytes] = field(
        default_factory=lambda: {
            CERTIFICATE_URL: certificate(),
            RESEND_API: payload("resend_email.json"),
            RESEND_FILE: payload("message.txt"),
        }
    )
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    async def get(self, url: str, *, bearer: str | None = None) -> bytes:
        self.asked.append((url, bearer))
        if url not in self.answers:
            raise VendorUnavailableError(url)
        return self.answers[url]

    async def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A request as it comes in."""

    provider: str
    raw: bytes
    headers: Mapping[str, str]

    async def admit(
        self, secrets: Sequence[str], *, now: datetime = NOW, vendor: StandInVendor | None = None
    ) -> Admitted:
        """Through the door, as the HTTP edge does it."""
        provider, headers = PROVIDERS[self.provider], CIMultiDict(self.headers)
        if isinstance(provider, OnlineProvider):
            vendor = vendor or StandInVendor()
            return await provider.admit(self.raw, headers, secrets, now=now, vendor=vendor)
        return Admitted(provider.authenticate(self.raw, headers, secrets, now=now), self.raw)


SECRETS: dict[str, tuple[str, ...]] = {
    "mailparse": ("mailparse-secret-of-the-tests",),
    "raw": ("whsec_" + base64.b64encode(b"raw secret of the tests").decode(),),
    "postmark": ("hook:postmark-password",),
    "mailgun": ("mailgun-signing-key",),
    "sendgrid": (public_key(7),),
    "ses": (TOPIC,),
    "resend": ("whsec_" + base64.b64encode(b"resend secret").decode(), "re_key_of_the_tests"),
}
OTHER_SECRETS: dict[str, tuple[str, ...]] = SECRETS | {
    "mailparse": ("another-secret",),
    "raw": ("another-secret",),
    "postmark": ("hook:another-password",),
    "mailgun": ("another-signing-key",),
    "sendgrid": (public_key(8),),
    "ses": (TOPIC + "-of-others",),
    "resend": ("whsec_" + base64.b64encode(b"another secret").decode(), "re_key_of_the_tests"),
}
PAYLOADS = {
    "mailparse": "mailparse_inbound.json",
    "raw": "message.txt",
    "postmark": "postmark_inbound.json",
    "mailgun": "mailgun_parsed.txt",
    "sendgrid": "sendgrid_parsed.txt",
    "ses": "ses_received.json",
    "resend": "resend_received.json",
}


def deliver(
    provider: str,
    body: bytes | None = None,
    *,
    at: datetime = NOW,
    number: int = 1,
    secrets: Mapping[str, Sequence[str]] = SECRETS,
) -> Delivery:
    """What the vendor sends of a payload.

    Args:
        provider: whose.
        body: what the vendor tells; by default the first recorded payload.
        at: when it was signed.
        number: of the delivery, where the vendor gives it an id.
        secrets: the first one of this provider signs.
    """
    body = payload(PAYLOADS[provider]) if body is None else body
    raw, headers = _SIGN[provider](body, secrets[provider][0], at, number)
    return Delivery(provider=provider, raw=raw, headers=headers)


def _standard(body: bytes, secret: str, at: datetime, number: int) -> tuple[bytes, dict[str, str]]:
    return body, _webhook_headers("webhook", body, secret, at, number) | {"Content-Type": "application/json"}


def _raw(body: bytes, secret: str, at: datetime, number: int) -> tuple[bytes, dict[str, str]]:
    return body, _webhook_headers("webhook", body, secret, at, number) | {"Content-Type": "message/rfc822"}


def _resend(body: bytes, secret: str, at: datetime, number: int) -> tuple[bytes, dict[str, str]]:
    return body, _webhook_headers("svix", body, secret, at, number) | {"Content-Type": "application/json"}


def _webhook_headers(prefix: str, body: bytes, secret: str, at: datetime, number: int) -> dict[str, str]:
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    signed = f"msg_{number}.{int(at.timestamp())}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {
        f"{prefix}-id": f"msg_{number}",
        f"{prefix}-timestamp": str(int(at.timestamp())),
        f"{prefix}-signature": f"v1,{signature}",
    }


def _postmark(body: bytes, secret: str, at: datetime, number: int) -> tuple[bytes, dict[str, str]]:
    del at, number
    login = base64.b64encode(secret.encode()).decode()
    return body, {"Authorization": f"Basic {login}", "Content-Type": "application/json"}


def _mailgun(body: bytes, secret: str, at: datetime, number: int) -> tuple[bytes, dict[str, str]]:
    timestamp, token = str(int(at.timestamp())), sha256(b"%d" % number).hexdigest()[:50]
    signature = hmac.digest(secret.encode(), (timestamp + token).encode(), "sha256").hex()
    signed = {"timestamp": timestamp, "token": token, "signature": signature}
    if body.startswith(b"--"):
        return with_fields(body, signed), {"Content-Type": "multipart/form-data; boundary=Mg4Form"}
    told = json.loads(body)
    if "event-data" in told:
        return json.dumps(told | {"signature": signed}).encode(), {"Content-Type": "application/json"}
    return urlencode(told | signed).encode(), {"Content-Type": "application/x-www-form-urlencoded"}


def with_fields(body: bytes, fields: Mapping[str, str]) -> bytes:
    """A multipart form with more fields at its beginning."""
    boundary = body.partition(b"\r\n")[0]
    head = b'%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
    return b"".join(head % (boundary, name.encode(), fields[name].encode()) for name in fields) + body


def _sendgrid(body: bytes, secret: str, at: datetime, number: int) -> tuple[bytes, dict[str, str]]:
    del number
    key = next(sendgrid_key(number) for number in (7, 8) if public_key(number) == secret)
    timestamp = str(int(at.timestamp()))
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return body, {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        "Content-Type": "multipart/form-data; boundary=xFormZ",
    }


def _ses(body: bytes, secret: str, at: datetime, number: int) -> tuple[bytes, dict[str, str]]:
    message = {"Type": "Notification", "MessageId": f"message-{number}", "Message": body.decode()}
    return sns_message(message | {"TopicArn": secret}, at=at)


def sns_message(
    fields: Mapping[str, str], *, at: datetime = NOW, version: str = "2", url: str = CERTIFICATE_URL
) -> tuple[bytes, dict[str, str]]:
    """A message of SNS with its signature (version 1 is SHA-1, 2 is SHA-256)."""
    message: dict[str, Any] = {**fields, "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    signed = "".join(f"{name}\n{message[name]}\n" for name in sorted(message)).encode()
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()  # noqa: S303 - as SNS does
    signature = base64.b64encode(sns_key().sign(signed, padding.PKCS1v15(), digest)).decode()
    message |= {"SignatureVersion": version, "Signature": signature, "SigningCertURL": url}
    return json.dumps(message).encode(), {"Content-Type": "text/plain; charset=UTF-8"}


_SIGN: dict[str, Callable[[bytes, str, datetime, int], tuple[bytes, dict[str, str]]]] = {
    "mailparse": _standard,
    "raw": _raw,
    "postmark": _postmark,
    "mailgun": _mailgun,
    "sendgrid": _sendgrid,
    "ses": _ses,
    "resend": _resend,
}
