"""A customer's mail to the desk: built as the mail provider would, signed, posted to the bot's webhook."""

from __future__ import annotations

import base64
import json
import uuid
from email.utils import format_datetime
from typing import TYPE_CHECKING

import httpx

from bot.sandbox import samples, signing
from bot.sandbox.errors import MethodError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.deeds import Draft, File
    from bot.sandbox.delivery import Delivery
    from bot.sandbox.mailbox import Mailbox
    from bot.sandbox.settings import SandboxSettings
    from bot.sandbox.store import Json
    from bot.sandbox.workspace import Workspace

TIMEOUT_SECONDS = 10


class Composer:
    """Sends mails to the bot, and remembers them with what the webhook answered."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        mailbox: Mailbox,
        settings: SandboxSettings,
        bot: Delivery,
        http: httpx.AsyncClient,
    ) -> None:
        self._workspace = workspace
        self._mailbox = mailbox
        self._secret = settings.webhook_secret
        self._bot = bot
        self._http = http

    async def send(self, draft: Draft) -> Json:
        """Send one mail; what is kept of it is returned.

        Raises:
            MethodError: `mail_not_found`.
        """
        payload = self._payload(draft)
        status, answer = await self._post(payload)
        outcome = {"status": status, "trace_id": answer.get("trace_id")}
        mail = _kept(payload) | {"id": self._workspace.new_id("s")} | outcome
        await self._mailbox.keep_sent(mail)
        return mail

    async def _post(self, payload: Json) -> tuple[str, Json]:
        body = json.dumps(payload).encode()
        headers = signing.mail_headers(body, secret=self._secret) | {"Content-Type": "application/json"}
        url = f"{self._bot.bot_url}/webhooks/mailparse"
        try:
            response = await self._http.post(url, content=body, headers=headers, timeout=TIMEOUT_SECONDS)
        except (httpx.TransportError, httpx.InvalidURL):
            return "not delivered", {}
        try:
            answer = response.json()
        except ValueError:
            answer = None
        return f"{response.status_code} {response.reason_phrase}", answer if isinstance(answer, dict) else {}

    def _payload(self, draft: Draft) -> Json:
        now = self._workspace.now()
        domain = draft.sender.email.rpartition("@")[2]
        mail = {
            "id": f"mp_{uuid.uuid4().hex}",
            "from": draft.sender.model_dump(),
            "to": draft.to,
            "cc": draft.cc,
            "subject": draft.subject,
            "text": draft.text,
            "html": draft.html,
            "attachments": [_attachment(file) for file in draft.attachments],
            "messageId": f"<{uuid.uuid4().hex}@{domain}>",
            "received_at": now.isoformat(),
            "spf_pass": True,
            "dkim_pass": True,
        }
        mail |= self._ancestors(draft.reply_to_id)
        headers = _headers(mail, now) | samples.extra_headers(draft.sender.email, draft.subject)
        return mail | {"headers": headers}

    def _ancestors(self, mail_id: str | None) -> Json:
        """The threading fields of an answer (RFC 5322, 3.6.4): the parent's references and itself."""
        if mail_id is None:
            return {"inReplyTo": None, "references": []}
        parent = self._mailbox.received(mail_id)
        if parent is None:
            raise MethodError("mail_not_found")
        own = parent["message_id"]
        return {"inReplyTo": own, "references": [*parent["references"], own]}


def _attachment(file: File) -> Json:
    content = base64.b64encode(file.content).decode()
    known = {"filename": file.filename, "contentType": file.content_type}
    return known | {"size": len(file.content), "content": content}


def _display(address: Json) -> str:
    return f"{address['name']} <{address['email']}>" if address["name"] else str(address["email"])


def _headers(mail: Json, now: datetime) -> dict[str, str]:
    headers = {
        "From": _display(mail["from"]),
        "To": mail["to"],
        "Cc": mail["cc"],
        "Subject": mail["subject"],
        "Date": format_datetime(now),
        "Message-ID": mail["messageId"],
        "In-Reply-To": mail["inReplyTo"] or "",
        "References": " ".join(mail["references"]),
    }
    return {name: value for name, value in headers.items() if value}


def _kept(payload: Json) -> Json:
    """What the page shows of a sent mail; the bytes of attachments are not kept."""
    files = [
        {name: file[name] for name in ("filename", "contentType", "size")} for file in payload["attachments"]
    ]
    return {
        "from": _display(payload["from"]),
        "to": payload["to"],
        "subject": payload["subject"],
        "text": payload["text"],
        "html": payload["html"],
        "date": payload["headers"]["Date"],
        "message_id": payload["messageId"],
        "headers": [[name, value] for name, value in payload["headers"].items()],
        "attachments": files,
    }
