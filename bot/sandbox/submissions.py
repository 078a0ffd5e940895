"""What a person does with a modal: submit it or close it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox import block_kit, delivery, modals, payloads
from bot.sandbox.errors import DeliveryError, MethodError

if TYPE_CHECKING:
    from bot.sandbox.delivery import Delivery
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json

TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack shows where the bot is silent or its answer is no valid view."""

_REQUIRED = "Please complete this required field."
# The field of state.values that an element's answer stands in, and the field of the element that prefills it.
_ANSWERS = {
    "plain_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
}


class Submissions:
    """Sends view_submission and view_closed, and obeys the answer (docs.slack.dev/surfaces/modals)."""

    def __init__(self, slack: Slack, bot: Delivery) -> None:
        self._slack = slack
        self._modals = slack.modals
        self._bot = bot

    async def submit(self, *, user_id: str, view_id: str, values: Json) -> None:
        """Submit a modal; as in Slack's client a missing or overlong answer does not reach the bot.

        Raises:
            MethodError: `view_not_found`.
            DeliveryError: The bot was not reached.
        """
        view = self._modals.of_person(user_id, view_id)
        values = _completed(view, values)
        if errors := _input_errors(view, values):
            await self._modals.refuse_input(view, errors)
            return
        shown = modals.public(view) | {"state": {"values": values}}
        payload = payloads.envelope("view_submission", user_id=user_id) | {"view": shown, "response_urls": []}
        payload["trigger_id"] = self._slack.triggers.issue(user_id)
        answer = await self._bot.send(delivery.INTERACTIVE, payload)
        if answer.error is not None:
            raise DeliveryError(answer.error, TROUBLE)
        await self._obey(user_id, view_id, answer.fields)

    async def close(self, *, user_id: str, view_id: str, whole_stack: bool = False) -> None:
        """Close a modal, or all that the person has open; the bot hears of those that asked for it.

        Raises:
            MethodError: `view_not_found`.
        """
        view = self._modals.of_person(user_id, view_id)
        whole_stack = whole_stack or view["clear_on_close"]
        closing = list(reversed(self._modals.stack(user_id))) if whole_stack else [view]
        for closed in closing:
            await self._modals.close(closed)
        for closed in closing:
            if closed["notify_on_close"]:
                payload = payloads.envelope("view_closed", user_id=user_id)
                payload |= {"view": modals.public(closed), "is_cleared": whole_stack}
                await self._bot.send(delivery.INTERACTIVE, payload)

    async def _obey(self, user_id: str, view_id: str, answer: Json) -> None:
        # The bot may have changed or closed the modal while it answered.
        view = self._modals.get(view_id)
        if view is None:
            return
        try:
            await self._respond(user_id, view, answer)
        except MethodError:
            self._slack.workspace.toast(user_id, TROUBLE)

    async def _respond(self, user_id: str, view: Json, answer: Json) -> None:
        match answer.get("response_action"):
            case "errors":
                await self._modals.refuse_input(view, answer.get("errors", {}))
            case "update":
                await self._modals.update(view, answer.get("view"))
            case "push":
                await self._modals.push(user_id, answer.get("view"))
            case "clear":
                await self._modals.clear(user_id)
            case _:
                await self._modals.close(view)


def _inputs(view: Json) -> list[tuple[Json, Json]]:
    blocks = [block for block in view["blocks"] if block["type"] == "input"]
    return [(block, block_kit.elements(block)[0]) for block in blocks]


def _completed(view: Json, values: Json) -> Json:
    """`state.values` with every input of the modal; an untouched one has its initial answer or null."""
    completed: Json = {block_id: dict(answers) for block_id, answers in values.items()}
    for block, element in _inputs(view):
        name, initial = _ANSWERS.get(element["type"], ("value", "initial_value"))
        untouched: Json = {"type": element["type"], name: element.get(initial)}
        answers = completed.setdefault(block["block_id"], {})
        answers[element["action_id"]] = untouched | answers.get(element["action_id"], {})
    return completed


def _input_errors(view: Json, values: Json) -> dict[str, str]:
    errors = {}
    for block, element in _inputs(view):
        name, _ = _ANSWERS.get(element["type"], ("value", "initial_value"))
        answer = values[block["block_id"]][element["action_id"]].get(name)
        if problem := _problem(block, element, answer):
            errors[block["block_id"]] = problem
    return errors


def _problem(block: Json, element: Json, answer: Any) -> str | None:
    if not answer:
        return None if block.get("optional") else _REQUIRED
    most = element.get("max_length", 3000)
    if isinstance(answer, str) and len(answer) > most:
        return f"Must be at most {most} characters."
    if isinstance(answer, str) and len(answer) < element.get("min_length", 0):
        return f"Must be at least {element['min_length']} characters."
    return None
