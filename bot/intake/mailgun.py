"""The `mailgun` provider: a route of Mailgun with the action `forward(url)`.

https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http
"""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Final

from bot.intake import form, loose, mailparse, mime, payload
from bot.intake import headers as header_values
from bot.intake.interfaces import IgnoredEventError, UnparseableError
from bot.intake.signature import SignatureInvalidError, is_timely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from routing.email import InboundEmail

_JSON: Final = "application/json"
_EVENT: Final = {"event", "event-data"}
_MAIL: Final = {"body-plain", "body-mime"}
_READ: Final = {
    "sender",
    "recipient",
    "from",
    "subject",
    "message-headers",
    "body-html",
    "attachments",
    *_MAIL,
}


class MailgunProvider:
    """To a URL that ends in `mime` Mailgun posts the mail itself; to any other its own reading of it."""

    name: Final = "mailgun"
    content_types: Final = frozenset({form.MULTIPART, form.URLENCODED, _JSON})  # events come as JSON

    def authenticate(
        self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: datetime
    ) -> str | None:
        """See `Provider.authenticate`. The signature covers a token, no body: each token counts once.

        https://documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks#securing-webhooks
        """
        del headers
        try:
            timestamp, token, signature = _signed(raw)
        except UnparseableError:
            raise SignatureInvalidError from None
        valid = False
        for secret in secrets:  # no early exit: the time taken must not tell which of the secrets matched
            expected = hmac.digest(secret.encode(), (timestamp + token).encode(), "sha256").hex()
            valid |= bool(secret) & hmac.compare_digest(expected.encode(), signature.encode())
        if not (valid and token and is_timely(timestamp, now)):
            raise SignatureInvalidError
        return token

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """See `Provider.parse`."""
        if _is_json(raw):
            raise IgnoredEventError("This is no mail but an event of Mailgun.")
        entries = form.read(raw)
        found = form.fields(entries)
        if _EVENT & found.keys() and not _MAIL & found.keys():
            raise IgnoredEventError("This is no mail but an event of Mailgun.")
        if message := _message(entries):
            email = mime.parse(message, received_at=received_at)
            return mailparse.with_delivery(email, _delivery(found, header_values.topmost(email.headers)))
        email = mailparse.read(_translated(found), received_at=received_at)
        return form.with_files(email, form.files(entries), _content_ids(found))

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """See `Provider.attachment_content`."""
        entries = form.read(raw)
        if message := _message(entries):
            return mime.attachment_content(message, position)
        return form.file_content(entries, position)


def _is_json(raw: bytes) -> bool:
    return raw.lstrip()[:1] == b"{"


def _signed(raw: bytes) -> tuple[str, str, str]:
    found = payload.part(payload.load(raw), "signature") if _is_json(raw) else form.fields(form.read(raw))
    timestamp, token, signature = (found.get(name, "") for name in ("timestamp", "token", "signature"))
    return str(timestamp), str(token), str(signature)


def _message(entries: Sequence[form.Entry]) -> bytes:
    return next((entry.content for entry in entries if entry.name == "body-mime"), b"")


def _delivery(found: Mapping[str, JsonValue], told: Mapping[str, str]) -> dict[str, JsonValue]:
    return {
        "envelope": {"from": found.get("sender"), "to": found.get("recipient")},
        "spf_pass": loose.verdict(told.get("x-mailgun-spf")),
        "dkim_pass": loose.verdict(told.get("x-mailgun-dkim-check-result")),
        # By itself: each header of the mail is a field too, so a sender could choose any name.
        "mailgun": {name: value for name, value in found.items() if name not in _READ},
    }


def _translated(found: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """As `mailparse` has it."""
    pairs = _header_pairs(found)
    told = header_values.topmost(pairs)
    return _delivery(found, told) | {
        "from": found.get("from"),
        "to": told.get("to"),
        "cc": told.get("cc"),
        "subject": found.get("subject"),
        "text": found.get("body-plain"),
        "html": found.get("body-html"),
        "headers": [list(pair) for pair in pairs],
        "attachments": _stored(found),
    }


def _stored(found: Mapping[str, JsonValue]) -> JsonValue:
    """What a route with `store()` tells of the files that Mailgun keeps."""
    try:
        files = payload.load_json(str(found.get("attachments", "[]")).encode())
    except UnparseableError:
        return []
    names = {"name": "filename", "content-type": "contentType"}
    return loose.renamed(files, names)


def _header_pairs(found: Mapping[str, JsonValue]) -> tuple[tuple[str, str], ...]:
    try:
        return loose.header_pairs(payload.load_json(loose.string(found.get("message-headers")).encode()))
    except (UnparseableError, ValueError):
        return ()


def _content_ids(found: Mapping[str, JsonValue]) -> dict[str, str]:
    """Content-IDs by field names, from `{"<id>": "attachment-1"}`, where one id may come twice."""
    try:
        pairs = json.loads(loose.string(found.get("content-id-map")), object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(pairs, tuple):  # it is no object
        return {}
    return {name: loose.content_id(identifier) or "" for identifier, name in pairs if isinstance(name, str)}
