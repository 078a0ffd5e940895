"""What a person types: slash commands and messages."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from bot.sandbox import cast, delivery, payloads
from bot.sandbox.errors import DeliveryError, MethodError

if TYPE_CHECKING:
    from bot.sandbox.delivery import Delivery
    from bot.sandbox.response_urls import ResponseUrls
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json


class Commands:
    """Brings slash commands to the bot, and keeps what people say to each other."""

    def __init__(self, slack: Slack, bot: Delivery, response_urls: ResponseUrls) -> None:
        self._slack = slack
        self._workspace = slack.workspace
        self._bot = bot
        self._response_urls = response_urls

    async def run(self, *, user_id: str, channel_id: str, line: str) -> None:
        """Type a slash command and see its answer (docs.slack.dev, implementing slash commands).

        Raises:
            MethodError: `user_not_found`, `channel_not_found`, or what Slack refuses in the answer.
            DeliveryError: The bot was not reached.
        """
        channel = self._workspace.conversation(channel_id)
        command, _, text = line.strip().partition(" ")
        response_url = await self._response_urls.issue(user_id=user_id, channel_id=channel["id"])
        form = self._form(user_id, channel) | {
            "command": command,
            "text": text.strip(),
            "response_url": response_url,
        }
        answer = await self._bot.send(delivery.COMMAND, form)
        if answer.error is not None:
            raise DeliveryError(answer.error, f'{command} failed with the error "{answer.error}".')
        body = answer.fields or {"text": answer.body or ""}
        if body.get("text") or body.get("blocks"):
            await self._response_urls.respond({"user": user_id, "channel": channel["id"]}, body)

    async def say(self, *, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> Json:
        """Post a message as a person. The app is not subscribed to messages, so the bot does not hear of it.

        Raises:
            MethodError: `user_not_found`, `channel_not_found`, `is_archived`, `no_text`.
        """
        channel = self._workspace.conversation(channel_id)
        if cast.person(user_id) is None:
            raise MethodError("user_not_found")
        if channel.get("archived"):
            raise MethodError("is_archived")
        if not text.strip():
            raise MethodError("no_text")
        # Slack's clients escape the three control characters of mrkdwn.
        escaped = html.escape(text, quote=False)
        return await self._workspace.say(channel["id"], user=user_id, text=escaped, thread_ts=thread_ts)

    def _form(self, user_id: str, channel: Json) -> Json:
        member = cast.person(user_id)
        if member is None:
            raise MethodError("user_not_found")
        return {
            "token": cast.VERIFICATION_TOKEN,
            "team_id": cast.TEAM_ID,
            "team_domain": cast.TEAM_DOMAIN,
            "channel_id": channel["id"],
            "channel_name": payloads.channel_name(channel),
            "user_id": member.id,
            "user_name": member.name,
            "api_app_id": cast.APP_ID,
            "is_enterprise_install": "false",
            "trigger_id": self._slack.triggers.issue(member.id),
        }
