"""The `sendgrid` provider: the Inbound Parse webhook of Twilio SendGrid.

https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook
"""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Final

from bot.intake import form, login, loose, mailparse, mime, parts, payload
from bot.intake.signature import SignatureInvalidError, is_timely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from routing.email import InboundEmail

_SIGNATURE: Final = "X-Twilio-Email-Event-Webhook-Signature"
_TIMESTAMP: Final = "X-Twilio-Email-Event-Webhook-Timestamp"


class SendgridProvider:
    """With "POST the raw, full MIME message" the mail itself is read, else SendGrid's reading of it."""

    name: Final = "sendgrid"
    content_types: Final = frozenset({form.MULTIPART, form.URLENCODED})

    def authenticate(
        self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: datetime
    ) -> str | None:
        """See `Provider.authenticate`. A signature, when present, decides alone.

        https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/securing-your-parse-webhooks
        """
        if _SIGNATURE in headers:
            _verify(raw, headers[_SIGNATURE], headers.get(_TIMESTAMP, ""), secrets, now)
        else:
            login.verify(headers, [secret for secret in secrets if ":" in secret])
        return None

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """See `Provider.parse`."""
        entries = form.read(raw)
        found = _fields(entries)
        if message := _message(entries):
            return mailparse.with_delivery(mime.parse(message, received_at=received_at), _delivery(found))
        email = mailparse.read(_translated(found), received_at=received_at)
        return form.with_files(email, form.files(entries), _content_ids(found))

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """See `Provider.attachment_content`."""
        entries = form.read(raw)
        if message := _message(entries):
            return mime.attachment_content(message, position)
        return form.file_content(entries, position)


def _verify(raw: bytes, signature: str, timestamp: str, secrets: Sequence[str], now: datetime) -> None:
    """ECDSA with SHA-256 over timestamp and body; the secret is the public key as SendGrid shows it (base64 of DER)."""
    signed = timestamp.encode("utf-8", "replace") + raw
    valid = [_is_by(secret, signature, signed) for secret in secrets if ":" not in secret]
    if not (any(valid) and is_timely(timestamp, now)):
        raise SignatureInvalidError


def _is_by(public_key: str, signature: str, signed: bytes) -> bool:
    # Imported late: it is large, and few desks need it.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = serialization.load_der_public_key(b64decode(public_key))
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("a public key of SendGrid is one of ECDSA")  # noqa: TRY004 - as any other wrong secret
    try:
        key.verify(b64decode(signature, validate=True), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(entries: Sequence[form.Entry]) -> bytes:
    return next((entry.content for entry in entries if entry.name == "email"), b"")


def _fields(entries: Sequence[form.Entry]) -> dict[str, JsonValue]:
    """As text: `charsets` says in which charset each field is."""
    charsets = payload.part(form.fields(entries), "charsets")
    return form.fields(entries, charsets)


def _delivery(found: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    dkim = str(found.get("dkim", ""))  # {@example.com : pass}, of each signature
    results = [word.strip(" {}") for item in dkim.split(",") for word in item.rpartition(":")[2:]]
    return {
        **{name: value for name, value in found.items() if name not in {"email", "charsets"}},
        "envelope": payload.part(found, "envelope"),
        "spf_pass": loose.verdict(found.get("SPF")),
        "dkim_pass": loose.verdict("pass" if "pass" in results else results[0]),
    }


def _translated(found: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    pairs = parts.read(str(found.get("headers", "")).encode()).headers
    return _delivery(found) | {"headers": [list(pair) for pair in pairs]}


def _content_ids(found: Mapping[str, JsonValue]) -> dict[str, str]:
    """By field names, from `{"id": "attachment1"}`."""
    ids = payload.part(found, "content-ids")
    return {name: loose.content_id(cid) or "" for cid, name in ids.items() if isinstance(name, str)}
