"""A local stand-in for Slack and for the customer's mailbox, for the demo and the tests.

It is the outside world: it knows nothing of the bot but its address, and talks to it by HTTP, Socket Mode and
SMTP only.
"""

from __future__ import annotations

from bot.sandbox.server import Sandbox
from bot.sandbox.settings import SandboxSettings

__all__ = ["Sandbox", "SandboxSettings"]
