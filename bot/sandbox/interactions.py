"""What a person does to a card or in the App Home: block_actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import block_kit, cast, delivery, modals, payloads, workspace
from bot.sandbox.errors import DeliveryError, MethodError

if TYPE_CHECKING:
    from bot.sandbox.delivery import Delivery
    from bot.sandbox.response_urls import ResponseUrls
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json

# What Slack sends of a pressed element; options, placeholders and the like stay behind.
_SENT = {
    *("type", "action_id", "block_id", "text", "value", "style", "action_ts"),
    *("selected_option", "selected_options", "selected_user", "selected_channel", "selected_conversation"),
}


class Interactions:
    """Turns a press into a block_actions payload and brings it to the bot."""

    def __init__(self, slack: Slack, bot: Delivery, response_urls: ResponseUrls) -> None:
        self._slack = slack
        self._bot = bot
        self._response_urls = response_urls

    async def press_in_message(
        self, *, user_id: str, channel_id: str, ts: str, action: Json, state: Json | None = None
    ) -> None:
        """A person uses an element of a message.

        Raises:
            MethodError: `user_not_found`, `channel_not_found`, `message_not_found`, `action_not_found`.
            DeliveryError: The bot was not reached.
        """
        channel = self._slack.workspace.conversation(channel_id)
        message = self._slack.workspace.message(channel["id"], ts)
        if message is None or message.get("ephemeral_to") not in {None, user_id}:
            raise MethodError("message_not_found")
        payload = self._payload(user_id, _used(message.get("blocks", []), action))
        payload |= self._place(channel, message, state or {})
        payload["response_url"] = await self._response_urls.issue(
            user_id=user_id, channel_id=channel["id"], message=message
        )
        await self._deliver(payload)

    async def press_in_view(
        self, *, user_id: str, view_id: str, action: Json, state: Json | None = None
    ) -> None:
        """A person uses an element of a modal or of the App Home.

        Raises:
            MethodError: `view_not_found`, `action_not_found`.
            DeliveryError: The bot was not reached.
        """
        view = self._slack.modals.of_person(user_id, view_id)
        payload = self._payload(user_id, _used(view["blocks"], action))
        shown = modals.public(view) | {"state": {"values": (state or {}).get("values", {})}}
        payload |= {"container": {"type": "view", "view_id": view_id}, "view": shown}
        await self._deliver(payload)

    def _payload(self, user_id: str, action: Json) -> Json:
        if cast.person(user_id) is None:
            raise MethodError("user_not_found")
        action |= {"action_ts": self._slack.workspace.next_ts()}
        trigger = {"trigger_id": self._slack.triggers.issue(user_id)}
        return payloads.envelope("block_actions", user_id=user_id) | trigger | {"actions": [action]}

    def _place(self, channel: Json, message: Json, state: Json) -> Json:
        is_ephemeral = bool(message.get("ephemeral_to"))
        container = {"type": "message", "message_ts": message["ts"], "channel_id": channel["id"]}
        place = {
            "container": container | {"is_ephemeral": is_ephemeral},
            "channel": {"id": channel["id"], "name": payloads.channel_name(channel)},
            "state": {"values": state.get("values", {})},
        }
        # Slack keeps no copy of an ephemeral message, so its interactions come without one.
        return place if is_ephemeral else place | {"message": workspace.public(message)}

    async def _deliver(self, payload: Json) -> None:
        answer = await self._bot.send(delivery.INTERACTIVE, payload)
        if answer.error is not None:
            raise DeliveryError(answer.error, f"Deskbell did not respond ({answer.error}).")


def _used(blocks: list[Json], action: Json) -> Json:
    """The element that was used, as it stands in the blocks, with what the person chose.

    A complete element is sent even if the bot has meanwhile edited it away: the person pressed what they saw, and
    Slack delivers that too.
    """
    used = _standing(blocks, action) | action
    if "type" not in used:
        raise MethodError("action_not_found")
    return {name: value for name, value in used.items() if name in _SENT}


def _standing(blocks: list[Json], action: Json) -> Json:
    for block in blocks:
        if action.get("block_id", block["block_id"]) == block["block_id"]:
            for element in block_kit.elements(block):
                if element["action_id"] == action.get("action_id"):
                    return {**element, "block_id": block["block_id"]}
    return {}
