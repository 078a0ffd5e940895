"""Events API: event_callback and url_verification (docs.slack.dev/apis/events-api)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from bot.sandbox import cast, delivery

if TYPE_CHECKING:
    from bot.sandbox.delivery import Answer, Delivery
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json


class SlackEvents:
    """Tells the bot what happened in the workspace."""

    def __init__(self, slack: Slack, bot: Delivery) -> None:
        self._slack = slack
        self._bot = bot

    async def send(self, event: Json, *, event_id: str | None = None, retry_num: int = 0) -> Answer:
        """Deliver an event; a retry is told by its number and by the event_id of the first attempt."""
        timestamp = self._slack.workspace.next_ts()
        installed = {
            "enterprise_id": None,
            "team_id": cast.TEAM_ID,
            "user_id": cast.BOT_USER_ID,
            "is_bot": True,
        }
        callback = {
            "token": cast.VERIFICATION_TOKEN,
            "team_id": cast.TEAM_ID,
            "api_app_id": cast.APP_ID,
            "event": {"event_ts": timestamp, **event},
            "type": "event_callback",
            "event_id": event_id or self._slack.workspace.new_id("Ev"),
            "event_time": int(float(timestamp)),
            "authorizations": [installed | {"is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }
        return await self._bot.send(delivery.EVENT, callback, retry_num=retry_num)

    async def open_home(self, user_id: str) -> Answer:
        """A person opens the App Home; the event carries the view that they have had so far."""
        member = cast.person(user_id)
        channel = member.dm if member else ""
        event: Json = {"type": "app_home_opened", "user": user_id, "channel": channel, "tab": "home"}
        view = self._slack.modals.home(user_id)
        return await self.send(event | ({"view": view} if view else {}))

    async def verify_url(self) -> bool:
        """Slack's question when a request URL is saved: does the bot send the challenge back?"""
        challenge = secrets.token_hex(16)
        request = {"token": cast.VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}
        answer = await self._bot.send(delivery.EVENT, request)
        return answer.body == challenge or answer.fields.get("challenge") == challenge
