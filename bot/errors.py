"""What can go wrong while acting.

DeskbellError
├── SettingsError               the environment is not what the configuration needs
├── NotAllowedError             a person pressed what cannot be done now; the message is shown to them
└── DeliveryError               an effect did not happen, or nobody knows
    ├── TransientError          try again later
    ├── NotReadyError           what it builds upon has not happened yet: try again soon
    │   └── RecipientBusyError        the mail server takes no mail for this address at the moment
    ├── RateLimitedError        try again after `retry_after`; does not count as an attempt
    └── PermanentError          trying again is useless
        ├── RecipientRefusedError     the mail server takes no mail for this address
        ├── ChannelUnavailableError   the Slack channel is missing, archived or not joined
        └── MessageGoneError          the Slack message was deleted
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


class DeskbellError(Exception):
    """Something that Deskbell expects to go wrong at times."""


class SettingsError(DeskbellError):
    """The environment misses something; one line for each problem."""


class NotAllowedError(DeskbellError):
    """The message says to the person who pressed why nothing happened."""


class DeliveryError(DeskbellError):
    """An effect on another system did not happen, or its outcome is unknown."""


class TransientError(DeliveryError):
    """The other side may accept it later."""


class NotReadyError(DeliveryError):
    """What this builds upon is still on its way; that says nothing about the destination."""


class RecipientBusyError(NotReadyError):
    """The mail server answers, and takes no mail for this one address at the moment: a full mailbox, greylisting."""


class RateLimitedError(DeliveryError):
    """The other side asks for a pause."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(f"asked to wait {retry_after.total_seconds():g} s")
        self.retry_after = retry_after


class PermanentError(DeliveryError):
    """The other side will never accept it."""


class RecipientRefusedError(PermanentError):
    """The mail server said for good that it takes no mail for this address.

    `status` is the enhanced code of RFC 3463 (`5.1.1`), empty where the server gave none.
    """

    def __init__(self, answer: str, *, status: str) -> None:
        super().__init__(answer)
        self.status = status


class ChannelUnavailableError(PermanentError):
    """Nothing can be posted in this channel."""

    def __init__(self, channel: str, reason: str) -> None:
        super().__init__(f"{channel}: {reason}")
        self.channel = channel
        self.reason = reason


class MessageGoneError(PermanentError):
    """Somebody has deleted the message."""
