"""People act, a bot on the real Bolt answers; Bolt checks the signatures and reads the payloads."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.bot.sandbox import world

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.sandbox import Sandbox


async def posted(slack: AsyncWebClient, *buttons: world.Json) -> str:
    blocks = world.card(*(buttons or [world.button("claim", value="42")]))
    return str((await slack.chat_postMessage(channel="C0BILLING", text="A ticket", blocks=blocks))["ts"])


def record(bot: world.Bot, action_id: str = "claim") -> list[world.Json]:
    seen: list[world.Json] = []

    async def listener(ack: Any, body: world.Json) -> None:
        await ack()
        seen.append(body)

    bot.bolt.action(action_id)(listener)
    return seen


async def test_a_press_arrives_signed_and_complete(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    seen, ts = record(bot), await posted(slack)
    assert await page.press("U0ANA", ts, "claim") == {"ok": True}
    (body,) = seen
    (action,) = body["actions"]
    assert (action["value"], action["block_id"], action["type"]) == ("42", "ticket", "button")
    assert body["user"] == {"id": "U0ANA", "username": "ana", "name": "ana", "team_id": "T0ACME"}
    assert body["container"]["message_ts"] == body["message"]["ts"] == ts
    assert body["channel"] == {"id": "C0BILLING", "name": "billing"}
    assert body["response_url"].startswith(sandbox.slack_api_url.removesuffix("api/"))


async def test_a_chosen_option_is_sent_without_the_others(
    slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    options = [{"text": world.plain(name), "value": name} for name in ("tech", "orders")]
    seen = record(bot, "queue")
    ts = await posted(slack, {"type": "static_select", "action_id": "queue", "options": options})
    action = {"action_id": "queue", "selected_option": options[1]}
    await page.post("action", {"user": "U0BO", "channel": "C0BILLING", "ts": ts, "action": action})
    assert seen[0]["actions"][0]["selected_option"] == options[1]
    assert "options" not in seen[0]["actions"][0]


async def test_a_press_on_what_the_bot_has_just_edited_away_is_still_delivered(
    slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    seen, ts = record(bot), await posted(slack)
    await slack.chat_update(channel="C0BILLING", ts=ts, text="Claimed")
    action = {"type": "button", "action_id": "claim", "block_id": "ticket", "value": "42"}
    await page.post("action", {"user": "U0BO", "channel": "C0BILLING", "ts": ts, "action": action})
    assert seen[0]["actions"][0]["value"] == "42"
    assert seen[0]["message"]["text"] == "Claimed"


async def test_what_is_not_there_cannot_be_pressed(slack: AsyncWebClient, page: world.Page) -> None:
    ts = await posted(slack)
    assert (await page.press("U0ANA", ts, "resolve"))["error"] == "action_not_found"
    assert (await page.press("U0ANA", "1.2", "claim"))["error"] == "message_not_found"
    assert (await page.press("U0NOBODY", ts, "claim"))["error"] == "user_not_found"


async def test_a_bot_that_is_away_did_not_respond(slack: AsyncWebClient, page: world.Page) -> None:
    answer = await page.press("U0ANA", await posted(slack), "claim")
    assert answer == {"ok": False, "error": "Deskbell did not respond (dispatch_failed)."}


@pytest.mark.parametrize("ack_timeout", [timedelta(seconds=0.1)])
async def test_a_bot_that_acknowledges_too_late_did_not_respond(
    slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    may_go_on = asyncio.Event()

    @bot.bolt.action("claim")
    async def _claim(ack: Any) -> None:
        await may_go_on.wait()
        await ack()

    answer = await page.press("U0ANA", await posted(slack), "claim")
    may_go_on.set()
    assert answer == {"ok": False, "error": "Deskbell did not respond (operation_timeout)."}


async def test_a_press_opens_a_modal_and_its_submission_closes_it(
    slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    submitted: list[world.Json] = []

    @bot.bolt.action("escalate")
    async def _escalate(ack: Any, body: world.Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=world.modal(private_metadata="42"))

    @bot.bolt.view("escalate")
    async def _submitted(ack: Any, view: world.Json) -> None:
        await ack()
        submitted.append(view)

    await page.press("U0ANA", await posted(slack, world.button("escalate")), "escalate")
    (view,) = (await page.state())["views"]["U0ANA"]
    values = {"reason": {"text": {"type": "plain_text_input", "value": "The shop is down"}}}
    await page.post("submit", {"user": "U0ANA", "view_id": view["id"], "values": values})
    assert submitted[0]["state"]["values"]["reason"]["text"]["value"] == "The shop is down"
    assert submitted[0]["private_metadata"] == "42"
    assert (await page.state())["views"]["U0ANA"] == []


async def open_modal(sandbox: Sandbox, slack: AsyncWebClient, view: world.Json) -> world.Json:
    answer = await slack.views_open(trigger_id=sandbox.slack.triggers.issue("U0ANA"), view=view)
    opened: world.Json = answer["view"]
    return opened


@pytest.mark.usefixtures("bot")
async def test_a_missing_answer_never_reaches_the_bot(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page
) -> None:
    view = await open_modal(sandbox, slack, world.modal(world.text_input("reason")))
    await page.post("submit", {"user": "U0ANA", "view_id": view["id"], "values": {}})
    (shown,) = (await page.state())["views"]["U0ANA"]
    assert shown["errors"] == {"reason": "Please complete this required field."}


async def test_untouched_optional_inputs_are_sent_as_null_and_prefilled_ones_with_their_value(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    sent: list[world.Json] = []

    @bot.bolt.view("escalate")
    async def _submitted(ack: Any, view: world.Json) -> None:
        await ack()
        sent.append(view["state"]["values"])

    prefilled = world.text_input("reason")
    prefilled["element"]["initial_value"] = "As before"
    view = await open_modal(sandbox, slack, world.modal(prefilled, world.text_input("note", optional=True)))
    await page.post("submit", {"user": "U0ANA", "view_id": view["id"], "values": {}})
    assert sent == [
        {
            "reason": {"text": {"type": "plain_text_input", "value": "As before"}},
            "note": {"text": {"type": "plain_text_input", "value": None}},
        }
    ]


async def submit(bot: world.Bot, page: world.Page, view: world.Json, answer: world.Json) -> list[world.Json]:
    """Submit a modal, have the bot answer so, and look at what is open then."""

    async def listener(ack: Any) -> None:
        await ack(**answer)

    bot.bolt.view("escalate")(listener)
    values = {"reason": {"text": {"type": "plain_text_input", "value": "x"}}}
    await page.post("submit", {"user": "U0ANA", "view_id": view["id"], "values": values})
    stack: list[world.Json] = (await page.state())["views"]["U0ANA"]
    return stack


DONE = world.modal({"type": "divider"}, title=world.plain("Done"))


async def test_the_bot_can_refuse_an_input(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    view = await open_modal(sandbox, slack, world.modal())
    errors = {"reason": "Say more."}
    (shown,) = await submit(bot, page, view, {"response_action": "errors", "errors": errors})
    assert (shown["id"], shown["errors"]) == (view["id"], errors)


async def test_the_bot_can_update_the_submitted_modal(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    view = await open_modal(sandbox, slack, world.modal())
    (shown,) = await submit(bot, page, view, {"response_action": "update", "view": DONE})
    assert (shown["id"], shown["title"]["text"]) == (view["id"], "Done")


async def test_the_bot_can_push_another_modal(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    view = await open_modal(sandbox, slack, world.modal())
    _, pushed = await submit(bot, page, view, {"response_action": "push", "view": DONE})
    assert (pushed["previous_view_id"], pushed["title"]["text"]) == (view["id"], "Done")


async def test_the_bot_can_clear_the_whole_stack(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    await open_modal(sandbox, slack, world.modal())
    trigger_id = sandbox.slack.triggers.issue("U0ANA")
    pushed = (await slack.views_push(trigger_id=trigger_id, view=world.modal()))["view"]
    assert await submit(bot, page, pushed, {"response_action": "clear"}) == []


async def test_an_invalid_view_in_the_answer_shows_trouble_and_keeps_the_modal(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    view = await open_modal(sandbox, slack, world.modal())
    broken = world.modal(title=world.plain("x" * 25))
    (shown,) = await submit(bot, page, view, {"response_action": "update", "view": broken})
    (toast,) = (await page.state())["toasts"]
    assert shown["title"]["text"] == "Escalate"
    assert (toast["user"], toast["text"]) == ("U0ANA", "We had some trouble connecting. Try again?")


async def test_the_bot_hears_of_a_closed_modal_only_if_it_asked(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    closed: list[bool] = []

    @bot.bolt.view_closed("escalate")
    async def _closed(ack: Any, body: world.Json) -> None:
        await ack()
        closed.append(body["is_cleared"])

    for notify in (False, True):
        view = await open_modal(sandbox, slack, world.modal(notify_on_close=notify))
        await page.post("close", {"user": "U0ANA", "view_id": view["id"], "all": False})
    assert closed == [False]
    assert (await page.state())["views"]["U0ANA"] == []


async def test_a_slash_command_is_answered_to_its_person(page: world.Page, bot: world.Bot) -> None:
    @bot.bolt.command("/support")
    async def _support(ack: Any, command: world.Json) -> None:
        await ack(f"{command['user_name']} in {command['channel_name']} asked for {command['text']}")

    assert await page.post(
        "command", {"user": "U0BO", "channel": "C0OPS", "text": "/support ticket DB-1"}
    ) == {"ok": True}
    (answer,) = await page.messages("C0OPS")
    assert answer["text"] == "bo in support-ops asked for ticket DB-1"
    assert answer["ephemeral_to"] == "U0BO"


@pytest.mark.usefixtures("bot")
async def test_a_command_without_listener_fails_with_slacks_words(page: world.Page) -> None:
    answer = await page.post("command", {"user": "U0BO", "channel": "C0OPS", "text": "/unknown"})
    assert answer == {"ok": False, "error": '/unknown failed with the error "dispatch_failed".'}


async def test_a_response_url_answers_five_times_within_half_an_hour(
    slack: AsyncWebClient, page: world.Page, bot: world.Bot, clock: world.Clock
) -> None:
    seen, ts = record(bot), await posted(slack)
    await page.press("U0ANA", ts, "claim")
    await page.press("U0ANA", ts, "claim")
    first, second = (AsyncWebhookClient(body["response_url"]) for body in seen)
    answers = [await first.send(text="Claimed") for _ in range(6)]
    clock.advance(timedelta(minutes=30))
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body
    assert "expired_url" in (await second.send(text="x")).body


async def test_a_response_url_edits_removes_or_speaks_to_all(
    slack: AsyncWebClient, page: world.Page, bot: world.Bot
) -> None:
    seen, ts = record(bot), await posted(slack)
    await page.press("U0ANA", ts, "claim")
    url = AsyncWebhookClient(seen[0]["response_url"])
    await url.send(text="For Ana")
    await url.send(text="For all", response_type="in_channel")
    await url.send(text="Edited", replace_original=True)
    shown = [(each["text"], each["ephemeral_to"]) for each in await page.messages("C0BILLING")]
    await url.send(delete_original=True)
    assert shown == [("Edited", None), ("For Ana", "U0ANA"), ("For all", None)]
    assert ts not in {each["ts"] for each in await page.messages("C0BILLING")}


async def test_an_opened_home_tells_the_bot(page: world.Page, bot: world.Bot) -> None:
    opened: list[str] = []

    @bot.bolt.event("app_home_opened")
    async def _opened(event: world.Json) -> None:
        opened.append(event["user"])

    assert await page.post("home", {"user": "U0ONCALL"}) == {"ok": True}
    assert opened == ["U0ONCALL"]


async def test_a_retried_event_has_the_same_id_and_says_so(sandbox: Sandbox, bot: world.Bot) -> None:
    seen: list[tuple[str, list[str] | None]] = []

    @bot.bolt.event("app_home_opened")
    async def _opened(body: world.Json, request: Any) -> None:
        seen.append((body["event_id"], request.headers.get("x-slack-retry-num")))

    event = {"type": "app_home_opened", "user": "U0ANA"}
    await sandbox.send_event(event, event_id="Ev1")
    await sandbox.send_event(event, event_id="Ev1", retry_num=1)
    assert seen == [("Ev1", None), ("Ev1", ["1"])]


@pytest.mark.usefixtures("bot")
async def test_the_request_url_is_verified_by_its_challenge(sandbox: Sandbox) -> None:
    assert await sandbox.events.verify_url()


@pytest.mark.usefixtures("bot")
async def test_a_forged_signature_is_refused_by_bolt(sandbox: Sandbox) -> None:
    """The guard of the tests above: without a valid signature nothing would have arrived."""
    async with httpx.AsyncClient() as stranger:
        answer = await stranger.post(f"{sandbox.bot_url}/slack/events", json={"type": "event_callback"})
    assert answer.status_code == 401
