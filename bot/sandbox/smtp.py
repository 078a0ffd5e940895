"""The customer's mail server: SMTP on loopback that takes every mail, or refuses as a test asks."""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope, Session

    from bot.sandbox.mailbox import Mailbox


class SmtpServer:
    """Listens on the running loop and puts what it receives into the mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._server: asyncio.Server | None = None
        self._sessions: weakref.WeakSet[Any] = weakref.WeakSet()
        self.rejections: dict[str, str] = {}
        """SMTP reply by recipient address in lower case."""

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the SMTP server is not started")
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, *, host: str, port: int) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._session, host, port)

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for session in list(self._sessions):
            if session.transport is not None:
                session.transport.close()

    def _session(self) -> Any:
        session = SMTP(self, hostname="mail.acme.example", ident="sandbox", enable_SMTPUTF8=True)
        self._sessions.add(session)
        return session

    # The next two are called by aiosmtpd, by these names.

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (refusal := self.rejections.get(address.lower())) is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        await self._mailbox.receive(
            envelope.original_content or b"",
            envelope_from=envelope.mail_from or "",
            envelope_to=list(envelope.rcpt_tos),
        )
        return "250 2.0.0 OK, kept"
