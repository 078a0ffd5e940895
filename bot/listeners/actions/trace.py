"""Trace: Slack opens the link by itself and only wants to hear that we know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck


async def pressed(ack: AsyncAck) -> None:
    await ack()
