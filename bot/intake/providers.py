"""Every provider by the name that sources in the configuration use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.intake.mailgun import MailgunProvider
from bot.intake.mailparse import MailparseProvider
from bot.intake.postmark import PostmarkProvider
from bot.intake.raw import RawProvider
from bot.intake.resend import ResendProvider
from bot.intake.sendgrid import SendgridProvider
from bot.intake.ses import SesProvider

if TYPE_CHECKING:
    from bot.intake.interfaces import Provider

_ALL: tuple[Provider, ...] = (
    MailparseProvider(),
    RawProvider(),
    PostmarkProvider(),
    MailgunProvider(),
    SendgridProvider(),
    SesProvider(),
    ResendProvider(),
)

PROVIDERS: Final[dict[str, Provider]] = {provider.name: provider for provider in _ALL}
