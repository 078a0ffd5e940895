"""The `ses` provider: mail that Amazon SES receives and publishes to an SNS topic (receipt rule, action "SNS").

https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.intake import charset, loose, mailparse, mime, payload, sns
from bot.intake.interfaces import (
    Admitted,
    IgnoredEventError,
    OnlineProvider,
    UnparseableError,
    VendorUnavailableError,
)
from bot.intake.signature import SignatureInvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cryptography.x509 import Certificate
    from pydantic import JsonValue

    from bot.intake.interfaces import Vendor
    from routing.email import InboundEmail

_MOST_CERTIFICATES: Final = 100


class SesProvider(OnlineProvider):
    """Secrets are the ARNs of the topics; what proves the sender is the signature of SNS."""

    name: Final = "ses"
    content_types: Final = frozenset({"text/plain", "application/json"})  # SNS calls its JSON text/plain

    def __init__(self) -> None:
        self._certificates: dict[str, Certificate] = {}

    async def admit(
        self,
        raw: bytes,
        headers: Mapping[str, str],
        secrets: Sequence[str],
        *,
        now: datetime,
        vendor: Vendor,
    ) -> Admitted:
        """See `OnlineProvider.admit`. Fetches a certificate that is new; confirms a subscription."""
        message = sns.read(raw)
        if sns.is_of_topic(message, secrets):
            await self._learn(sns.certificate_url(message), vendor)
        delivery_id = self.authenticate(raw, headers, secrets, now=now)
        if message.get("Type") == sns.SUBSCRIPTION:
            await vendor.get(sns.subscribe_url(message))
        return Admitted(delivery_id, raw)

    async def _learn(self, url: str, vendor: Vendor) -> None:
        if url in self._certificates:
            return
        pem = await vendor.get(url)
        try:
            certificate = sns.load_certificate(pem)
        except ValueError as error:
            raise VendorUnavailableError(f"{url} gave no certificate") from error
        while len(self._certificates) >= _MOST_CERTIFICATES:
            del self._certificates[next(iter(self._certificates))]
        self._certificates[url] = certificate

    def authenticate(
        self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: datetime
    ) -> str | None:
        """See `Provider.authenticate`; by a certificate that is known already."""
        del headers
        message = sns.read(raw)
        certificate = self._certificates.get(sns.certificate_url(message))
        if certificate is None or not sns.is_of_topic(message, secrets):
            raise SignatureInvalidError
        return sns.verify(message, certificate, now=now)

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """See `Provider.parse`."""
        event = _event(raw)
        email = mime.parse(_content(event), received_at=received_at)
        return mailparse.with_delivery(email, _delivery(event))

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """See `Provider.attachment_content`."""
        return mime.attachment_content(_content(_event(raw)), position)


def _event(raw: bytes) -> dict[str, JsonValue]:
    """What SES says inside of the message of SNS; tests of a topic are plain words there."""
    message = payload.load(raw)
    kind, told = message.get("Type"), message.get("Message")
    event = payload.load(told.encode()) if isinstance(told, str) and told.startswith("{") else {}
    if kind == sns.NOTIFICATION:
        kind = event.get("notificationType", kind)
    if kind != "Received":
        raise IgnoredEventError(f"This is no mail but an event of Amazon: {kind}.")
    return event


def _content(event: Mapping[str, JsonValue]) -> bytes:
    content = event.get("content")
    if not isinstance(content, str):
        raise UnparseableError(
            "The notification comes without the mail: its receipt rule needs the action SNS."
        )
    action = payload.part(payload.part(event, "receipt"), "action")
    encoding = str(action.get("encoding", "")).upper()
    return (
        charset.decode_base64(content.encode("ascii", "replace"))
        if encoding == "BASE64"
        else content.encode()
    )


def _delivery(event: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    receipt, mail = payload.part(event, "receipt"), payload.part(event, "mail")
    spf, dkim = (payload.part(receipt, name).get("status") for name in ("spfVerdict", "dkimVerdict"))
    return {
        "id": mail.get("messageId"),
        "envelope": {"from": mail.get("source"), "to": receipt.get("recipients")},
        "spf_pass": loose.verdict(spf),
        "dkim_pass": loose.verdict(dkim),
        "receipt": receipt,
    }
