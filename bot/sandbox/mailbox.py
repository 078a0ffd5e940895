"""The customer's mailbox: what was received over SMTP and what was sent to the desk."""

from __future__ import annotations

import base64
import email
import email.policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message

    from bot.sandbox.store import Json
    from bot.sandbox.workspace import Workspace

INBOX = "inbox"
SENT = "sent"


class Mailbox:
    """Mails by direction, oldest first."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._store = workspace.store

    def inbox(self) -> list[Json]:
        return self._store.all(INBOX)

    def sent(self) -> list[Json]:
        return self._store.all(SENT)

    def received(self, mail_id: str) -> Json | None:
        return self._store.get(INBOX, mail_id)

    async def receive(self, raw: bytes, *, envelope_from: str, envelope_to: list[str]) -> Json:
        """Keep a mail that came over SMTP, with its bytes."""
        mail = parsed(raw) | {
            "id": self._workspace.new_id("m"),
            "received_at": self._workspace.now().isoformat(),
            "envelope_from": envelope_from,
            "envelope_to": envelope_to,
            "raw": base64.b64encode(raw).decode(),
        }
        await self._store.put(INBOX, mail["id"], mail)
        return mail

    async def keep_sent(self, mail: Json) -> None:
        await self._store.put(SENT, mail["id"], mail)


def parsed(raw: bytes) -> Json:
    """A mail as the page shows it; a broken header or charset never loses it."""
    # compat32 reads hostile headers that the newer policies raise on.
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    return {
        "from": _header(message, "From"),
        "to": _header(message, "To"),
        "subject": _header(message, "Subject"),
        "date": _header(message, "Date"),
        "message_id": _header(message, "Message-ID"),
        "in_reply_to": _header(message, "In-Reply-To"),
        "references": _header(message, "References").split(),
        "headers": [[name, _decoded(value)] for name, value in message.items()],
        "text": _body(message, "text/plain"),
        "html": _body(message, "text/html"),
    }


def _header(message: Message, name: str) -> str:
    return _decoded(message.get(name, ""))


def _decoded(value: object) -> str:
    try:
        return " ".join(str(make_header(decode_header(str(value)))).split())
    except (HeaderParseError, LookupError, ValueError):
        return str(value)


def _body(message: Message, content_type: str) -> str:
    for part in message.walk():
        if part.get_content_type() == content_type and part.get_content_disposition() != "attachment":
            return _text(part)
    return ""


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        text = content.decode(str(part.get_content_charset("utf-8")), errors="replace")
    except LookupError:
        text = content.decode(errors="replace")
    return text.replace("\r\n", "\n")
