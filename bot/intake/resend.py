"""The `resend` provider: the webhook `email.received` of Resend, which only says that a mail is there.

https://resend.com/docs/webhooks/emails/received
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.intake import mailparse, mime, payload, signature
from bot.intake.interfaces import (
    Admitted,
    IgnoredEventError,
    OnlineProvider,
    UnparseableError,
    VendorUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from bot.intake.interfaces import Vendor
    from routing.email import InboundEmail

_RECEIVED: Final = "email.received"
_API: Final = "https://api.resend.com/emails/receiving/"
_FILE: Final = re.compile(r"https://[a-z0-9.-]{1,100}\.resend\.com/[!-~]{1,4096}")
"""Where the mail itself is: nowhere but with Resend."""
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_API_KEY: Final = "re_"
_HEADERS: Final = ("id", "timestamp", "signature")


class ResendProvider(OnlineProvider):
    """Secrets are `whsec_...`, which signs the webhooks, and `re_...`, the API key that fetches the mails."""

    name: Final = "resend"
    content_types: Final = frozenset({"application/json"})

    async def admit(
        self,
        raw: bytes,
        headers: Mapping[str, str],
        secrets: Sequence[str],
        *,
        now: datetime,
        vendor: Vendor,
    ) -> Admitted:
        """See `OnlineProvider.admit`. What is stored is the mail itself, where Resend has kept it."""
        delivery_id = self.authenticate(raw, headers, secrets, now=now)
        email_id = _email_id(raw)
        if email_id is None:
            return Admitted(delivery_id, raw)
        body = await vendor.get(_API + email_id, bearer=_api_key(secrets))
        if url := _raw_url(body):
            return Admitted(delivery_id, await vendor.get(url), "message/rfc822")
        return Admitted(delivery_id, body)

    def authenticate(
        self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: datetime
    ) -> str | None:
        """See `Provider.authenticate`. Standard Webhooks, under the header names of Svix or the standard's own."""
        prefix = "svix" if "svix-signature" in headers else "webhook"
        named = {f"webhook-{name}": headers.get(f"{prefix}-{name}", "") for name in _HEADERS}
        signing = [secret for secret in secrets if not secret.startswith(_API_KEY)]
        return signature.verify(raw, named, signing, now=now)

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """See `Provider.parse`. A body is the mail itself, what Resend's API tells of it, or the webhook."""
        if not _is_json(raw):
            return mime.parse(raw, received_at=received_at)
        return mailparse.read(_announced(raw), received_at=received_at)

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """See `Provider.attachment_content`."""
        return None if _is_json(raw) else mime.attachment_content(raw, position)


def _is_json(raw: bytes) -> bool:
    return raw.lstrip()[:1] == b"{"


def _announced(raw: bytes) -> dict[str, JsonValue]:
    """What is told of a mail, be it by the webhook or by the API."""
    found = payload.load(raw)
    if (event := found.get("type", _RECEIVED)) != _RECEIVED:
        raise IgnoredEventError(f"This is no mail but an event of Resend: {event}.")
    return payload.part(found, "data") if "data" in found else found


def _email_id(raw: bytes) -> str | None:
    """What the API knows the mail by; None where there is nothing to ask for.

    Raises:
        IgnoredEventError: it is another event.
    """
    try:
        told = _announced(raw).get("email_id")
    except IgnoredEventError:
        raise
    except UnparseableError:
        return None
    return told if isinstance(told, str) and _ID.fullmatch(told) else None


def _api_key(secrets: Sequence[str]) -> str:
    for secret in secrets:
        if secret.startswith(_API_KEY):
            return secret
    raise VendorUnavailableError(
        "no API key (re_...) is among the secrets; without it Resend gives no mail out"
    )


def _raw_url(body: bytes) -> str | None:
    """The signed link to the mail itself; only one that leads to Resend."""
    try:
        url = payload.part(payload.load(body), "raw").get("download_url")
    except UnparseableError as error:
        raise VendorUnavailableError("Resend answered with something else than JSON") from error
    return url if isinstance(url, str) and _FILE.fullmatch(url) else None
