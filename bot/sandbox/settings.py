"""What a sandbox is started with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class SandboxSettings:
    """The secrets that the sandbox shares with the bot, as a workspace and a mail provider would."""

    data_dir: Path
    """Folder of `sandbox.db`; made if missing."""
    signing_secret: str
    bot_token: str
    webhook_secret: str
    """Key of the mail webhook's `X-Signature`."""
    app_token: str | None = None
    """Opens Socket Mode; None where the bot takes its interactions by HTTP only."""
    bot_url: str = ""
    """Where `/slack/events` and `/webhooks/mailparse` live; may be set later on the sandbox."""
    rate_limited: bool = False
    """Whether a second message to one channel within a second is refused, as Slack does."""
    trigger_ttl: timedelta = timedelta(seconds=3)
    """How long a trigger_id opens a modal (docs.slack.dev, interactivity: three seconds)."""
    ack_timeout: timedelta = timedelta(seconds=3)
    """How long the bot may take to acknowledge before the person is told that it did not respond."""


def utc_now() -> datetime:
    return datetime.now(UTC)
