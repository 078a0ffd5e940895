"""Every provider by the name that sources in the configuration use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.intake.mailparse import MailparseProvider
from bot.intake.raw import RawProvider

if TYPE_CHECKING:
    from bot.intake.interfaces import Provider

_ALL: tuple[Provider, ...] = (MailparseProvider(), RawProvider())

PROVIDERS: Final[dict[str, Provider]] = {provider.name: provider for provider in _ALL}
