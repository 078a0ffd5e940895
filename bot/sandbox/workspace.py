"""Channels, direct messages and the messages in them."""

from __future__ import annotations

import itertools
from collections import deque
from typing import TYPE_CHECKING

from bot.sandbox import cast
from bot.sandbox.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sandbox.store import Json, Store


class Workspace:
    """The conversations of one team. Messages are kept as Slack's message objects plus `channel`."""

    def __init__(self, store: Store, *, now: Callable[[], datetime]) -> None:
        self.store = store
        self.now = now
        self._last_ts = 0.0
        self._ids = itertools.count(1)
        self.toasts: deque[Json] = deque(maxlen=20)

    async def found(self) -> None:
        """Make the channels that are not there yet, and go on after the newest message."""
        self._last_ts = max((float(message["ts"]) for message in self.store.all("message")), default=0.0)
        for channel_id, name in cast.CHANNELS.items():
            if self.store.get("channel", channel_id) is None:
                flags = {"archived": False, "joined": True, "deleted": False}
                await self.store.put("channel", channel_id, {"id": channel_id, "name": name, **flags})

    def new_id(self, prefix: str) -> str:
        """An id that no restart repeats."""
        return f"{prefix}{int(self.now().timestamp() * 1000):X}{next(self._ids):X}"

    def next_ts(self) -> str:
        """A message timestamp: unique and growing, as clients rely on."""
        self._last_ts = max(self.now().timestamp(), self._last_ts + 0.000001)
        return f"{self._last_ts:.6f}"

    def channels(self) -> list[Json]:
        return [channel for channel in self.store.all("channel") if not channel["deleted"]]

    async def add_channel(self, name: str) -> Json:
        """A channel that the app has made and is in."""
        channel: Json = {
            "id": self.new_id("C"),
            "name": name,
            "archived": False,
            "joined": True,
            "deleted": False,
            "created": int(self.now().timestamp()),
        }
        await self.store.put("channel", channel["id"], channel)
        return channel

    def conversation(self, channel_id: object) -> Json:
        """A channel or direct message by its id.

        Raises:
            MethodError: `channel_not_found`.
        """
        for channel in [*self.channels(), *self.store.all("dm")]:
            if channel["id"] == channel_id:
                return channel
        raise MethodError("channel_not_found")

    def find(self, reference: str) -> Json:
        """A conversation by id, or a channel by name; only chat.postMessage is that generous.

        Raises:
            MethodError: `channel_not_found`.
        """
        for channel in self.channels():
            if channel["name"] == reference.removeprefix("#"):
                return channel
        return self.conversation(reference)

    async def open_dm(self, user_id: str) -> Json:
        """The conversation between the app and a person, made at the first call.

        Raises:
            MethodError: `user_not_found`.
        """
        member = cast.person(user_id)
        if member is None:
            raise MethodError("user_not_found")
        if (existing := self.store.get("dm", member.dm)) is not None:
            return existing
        document = {"id": member.dm, "user": member.id}
        await self.store.put("dm", member.dm, document)
        return document

    def message(self, channel_id: str, ts: str) -> Json | None:
        return self.store.get("message", f"{channel_id}:{ts}")

    def messages(self, channel_id: str) -> list[Json]:
        """Everything in a conversation, oldest first: threads and ephemeral messages included."""
        return [message for message in self.store.all("message") if message["channel"] == channel_id]

    def thread(self, channel_id: str, ts: str) -> list[Json]:
        """The replies to a message, oldest first, without what only one person sees."""
        return [
            message
            for message in self.messages(channel_id)
            if message.get("thread_ts") == ts and message["ts"] != ts and not message.get("ephemeral_to")
        ]

    async def say(self, channel_id: str, *, user: str, text: str, **fields: object) -> Json:
        """Add a message; fields that are None are left out, as Slack does."""
        message: Json = {
            "type": "message",
            "ts": self.next_ts(),
            "user": user,
            "text": text,
            "team": cast.TEAM_ID,
        }
        message |= {name: value for name, value in fields.items() if value is not None}
        if user == cast.BOT_USER_ID:
            message |= {"bot_id": cast.BOT_ID, "app_id": cast.APP_ID}
        message["channel"] = channel_id
        await self.save(message)
        return message

    async def save(self, message: Json) -> None:
        await self.store.put("message", f"{message['channel']}:{message['ts']}", message)

    async def remove(self, message: Json) -> None:
        await self.store.delete("message", f"{message['channel']}:{message['ts']}")

    def toast(self, user_id: str, text: str) -> None:
        """A short notice that a person sees, such as Slack's own error bars."""
        self.toasts.append(
            {"id": self.new_id("n"), "user": user_id, "text": text, "at": self.now().isoformat()}
        )
        self.store.announce()


def public(message: Json) -> Json:
    """The message object as an app sees it."""
    return {name: value for name, value in message.items() if name not in {"channel", "ephemeral_to"}}
