"""SMTP as the MailSender."""

from __future__ import annotations

import re
from email.policy import SMTP
from typing import TYPE_CHECKING, Literal

import aiosmtplib
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from bot.errors import PermanentError, RecipientBusyError, RecipientRefusedError, TransientError

if TYPE_CHECKING:
    from email.message import EmailMessage

    from bot.errors import DeliveryError
    from bot.settings import Settings

_FIRST_PERMANENT_CODE = 500
_MAILBOX_BUSY = 450
"""RFC 5321, 4.2.3: mailbox unavailable, say busy or blocked for policy reasons; greylisting answers so."""
_TIMEOUT_SECONDS = 30


class SmtpMailSender:
    """One connection a mail: simple, and a relay that restarts is noticed at once."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: Literal["starttls", "tls", "none"],
        username: str | None = None,
        password: str | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._username = username
        self._password = password

    @classmethod
    def from_settings(cls, settings: Settings) -> SmtpMailSender:
        password = settings.smtp_password
        return cls(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            username=settings.smtp_username,
            password=password.get_secret_value() if password else None,
        )

    async def check(self) -> str:
        """Connect and log in; answers how. Raises DeliveryError with what is wrong."""
        try:
            async with self._client() as client:
                await client.noop()
        except (SMTPException, OSError) as error:
            raise _delivery_error(error) from error
        login = f", logged in as {self._username}" if self._username else ""
        return f"{self._host}:{self._port} answers ({self._security}{login})"

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._security == "tls",
            start_tls=self._security == "starttls",
            timeout=_TIMEOUT_SECONDS,
        )

    async def send(self, message: EmailMessage, *, envelope_from: str, recipient: str) -> None:
        try:
            async with self._client() as client:
                # Not send(): it takes no null path.
                await client.sendmail(envelope_from, [recipient], message.as_bytes(policy=SMTP))
        except (SMTPRecipientsRefused, SMTPException, OSError) as error:
            raise _delivery_error(error) from error


def _delivery_error(error: Exception) -> DeliveryError:
    if isinstance(error, SMTPRecipientsRefused):
        # One recipient a mail, so one refusal.
        error = error.recipients[0]
    # Only what is said about this mail is final; a refused login or greeting is a matter of the relay.
    is_about_this_mail = isinstance(error, SMTPRecipientRefused | SMTPSenderRefused | SMTPDataError)
    if isinstance(error, SMTPResponseException):
        text = f"{error.code} {error.message}"
        if isinstance(error, SMTPRecipientRefused) and error.code >= _FIRST_PERMANENT_CODE:
            return RecipientRefusedError(text, status=_enhanced_status(error.message))
        if is_about_this_mail and error.code >= _FIRST_PERMANENT_CODE:
            return PermanentError(text)
        if isinstance(error, SMTPRecipientRefused) and _is_busy(error):
            return RecipientBusyError(text)
        return TransientError(text)
    return TransientError(f"{type(error).__name__}: {error}")


def _is_busy(error: SMTPRecipientRefused) -> bool:
    """Whether a 4xx is about the address (RFC 3463: X.2 the mailbox, X.7 policy), not about the relay itself."""
    status = _enhanced_status(error.message)
    return status.startswith(("4.2.", "4.7.")) or (not status and error.code == _MAILBOX_BUSY)


def _enhanced_status(message: str) -> str:
    """The code of RFC 3463 with which a server may begin its words (RFC 2034)."""
    found = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})\b", message)
    return found[1] if found else ""
