from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.bot.sandbox import world

if TYPE_CHECKING:
    from bot.sandbox import Sandbox


async def test_a_posted_card_is_read_back_with_its_metadata(slack: AsyncWebClient) -> None:
    metadata = {"event_type": "card", "event_payload": {"outbox_id": 7}}
    blocks = world.card(world.button("claim"))
    posted = await slack.chat_postMessage(
        channel="C0BILLING", text="A ticket", blocks=blocks, metadata=metadata
    )
    history = await slack.conversations_history(channel="C0BILLING", include_all_metadata=True)
    (message,) = history["messages"]
    assert (message["ts"], message["metadata"]) == (posted["ts"], metadata)
    assert message["blocks"][1]["elements"][0]["action_id"] == "claim"


async def test_metadata_is_hidden_unless_asked_for(slack: AsyncWebClient) -> None:
    metadata = {"event_type": "card", "event_payload": {}}
    await slack.chat_postMessage(channel="C0BILLING", text="A ticket", metadata=metadata)
    history = await slack.conversations_history(channel="C0BILLING")
    assert "metadata" not in history["messages"][0]


async def test_a_channel_is_found_by_id_and_by_name(slack: AsyncWebClient) -> None:
    posted = [
        await slack.chat_postMessage(channel=name, text="Hello") for name in ("C0TECH", "#tech", "tech")
    ]
    assert {answer["channel"] for answer in posted} == {"C0TECH"}


async def test_a_user_id_opens_the_direct_message(slack: AsyncWebClient) -> None:
    posted = await slack.chat_postMessage(channel="U0ONCALL", text="Please look")
    opened = await slack.conversations_open(users="U0ONCALL")
    assert posted["channel"] == opened["channel"]["id"] == "D0ONCALL"


async def test_wrong_or_missing_tokens_are_told_apart(sandbox: Sandbox) -> None:
    anonymous = AsyncWebClient(base_url=sandbox.slack_api_url)
    stranger = AsyncWebClient("xoxb-other", base_url=sandbox.slack_api_url)
    assert await world.refusal(anonymous.auth_test()) == "not_authed"
    assert await world.refusal(stranger.auth_test()) == "invalid_auth"


async def test_an_unknown_method_is_named_as_such(slack: AsyncWebClient) -> None:
    assert await world.refusal(slack.api_call("chat.shout")) == "unknown_method"


async def test_channels_that_cannot_be_written_to_say_why(sandbox: Sandbox, slack: AsyncWebClient) -> None:
    await sandbox.archive("C0ORDERS")
    await sandbox.leave("C0TECH")
    await sandbox.remove("C0ABUSE")
    assert await world.refusal(slack.chat_postMessage(channel="C0ORDERS", text="x")) == "is_archived"
    assert await world.refusal(slack.chat_postMessage(channel="C0TECH", text="x")) == "not_in_channel"
    assert await world.refusal(slack.chat_postMessage(channel="C0ABUSE", text="x")) == "channel_not_found"


async def test_the_bot_can_join_a_channel_that_it_left(sandbox: Sandbox, slack: AsyncWebClient) -> None:
    await sandbox.leave("C0TECH")
    joined = await slack.conversations_join(channel="C0TECH")
    assert joined["channel"]["is_member"]
    await slack.chat_postMessage(channel="C0TECH", text="Here again")


async def test_messages_have_limits(slack: AsyncWebClient) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
    posted = await slack.chat_postMessage(channel="C0TECH", text="x" * 4001)
    # The named method of the SDK warns about a missing text before it sends it.
    assert await world.refusal(slack.api_call("chat.postMessage", json={"channel": "C0TECH"})) == "no_text"
    assert await world.refusal(slack.chat_postMessage(channel="C0TECH", text="x" * 40_001)) == "msg_too_long"
    too_long = slack.chat_postMessage(channel="C0TECH", text="x", blocks=[section] * 5)
    assert await world.refusal(too_long) == "msg_blocks_too_long"
    update = slack.chat_update(channel="C0TECH", ts=posted["ts"], text="x" * 4001)
    assert await world.refusal(update) == "msg_too_long"


async def test_invalid_blocks_are_answered_with_the_place_of_the_fault(slack: AsyncWebClient) -> None:
    blocks = [{"type": "header", "text": world.plain("x" * 151)}]
    with pytest.raises(SlackApiError) as caught:
        await slack.chat_postMessage(channel="C0TECH", text="x", blocks=blocks)
    fault = "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert caught.value.response["errors"] == [fault]
    assert caught.value.response["response_metadata"]["messages"] == [f"[ERROR] {fault}"]


async def test_an_update_edits_in_place_and_drops_blocks_that_it_does_not_repeat(
    slack: AsyncWebClient,
) -> None:
    posted = await slack.chat_postMessage(
        channel="C0TECH", text="Old", blocks=world.card(world.button("claim"))
    )
    await slack.chat_update(channel="C0TECH", ts=posted["ts"], text="New")
    (message,) = (await slack.conversations_history(channel="C0TECH"))["messages"]
    assert (message["ts"], message["text"], message["blocks"]) == (posted["ts"], "New", [])
    assert message["edited"]["user"] == "U0DESKBELL"


async def test_only_messages_of_the_bot_can_be_changed(slack: AsyncWebClient, page: world.Page) -> None:
    await page.post("message", {"user": "U0ANA", "channel": "C0TECH", "text": "Mine"})
    (said,) = await page.messages("C0TECH")
    assert (
        await world.refusal(slack.chat_update(channel="C0TECH", ts=said["ts"], text="x"))
        == "cant_update_message"
    )
    assert await world.refusal(slack.chat_delete(channel="C0TECH", ts=said["ts"])) == "cant_delete_message"
    assert await world.refusal(slack.chat_update(channel="C0TECH", ts="1.2", text="x")) == "message_not_found"


async def test_a_deleted_message_is_gone(slack: AsyncWebClient) -> None:
    posted = await slack.chat_postMessage(channel="C0TECH", text="x")
    await slack.chat_delete(channel="C0TECH", ts=posted["ts"])
    assert (await slack.conversations_history(channel="C0TECH"))["messages"] == []


async def test_replies_stay_out_of_the_history_and_join_the_first_message(slack: AsyncWebClient) -> None:
    parent = await slack.chat_postMessage(channel="C0TECH", text="Ticket")
    answer = await slack.chat_postMessage(channel="C0TECH", text="One", thread_ts=parent["ts"])
    await slack.chat_postMessage(channel="C0TECH", text="Two", thread_ts=answer["ts"])
    (message,) = (await slack.conversations_history(channel="C0TECH"))["messages"]
    thread = (await slack.conversations_replies(channel="C0TECH", ts=parent["ts"]))["messages"]
    assert message["reply_count"] == 2
    assert [each["text"] for each in thread] == ["Ticket", "One", "Two"]
    lost = slack.chat_postMessage(channel="C0TECH", text="x", thread_ts="1.2")
    assert await world.refusal(lost) == "thread_not_found"


async def test_history_pages_backwards_and_by_time(slack: AsyncWebClient) -> None:
    posted = [(await slack.chat_postMessage(channel="C0TECH", text=str(number)))["ts"] for number in range(5)]
    first = await slack.conversations_history(channel="C0TECH", limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.conversations_history(channel="C0TECH", limit=2, cursor=cursor)
    between = await slack.conversations_history(channel="C0TECH", oldest=posted[0], latest=posted[2])
    assert [each["text"] for each in first["messages"]] == ["4", "3"]
    assert [each["text"] for each in second["messages"]] == ["2", "1"]
    assert [each["text"] for each in between["messages"]] == ["1"]


async def test_an_ephemeral_message_is_for_one_person_only(slack: AsyncWebClient, page: world.Page) -> None:
    await slack.chat_postEphemeral(channel="C0TECH", user="U0BO", text="Ana was faster")
    stranger = slack.chat_postEphemeral(channel="C0TECH", user="U0NOBODY", text="x")
    assert [each["ephemeral_to"] for each in await page.messages("C0TECH")] == ["U0BO"]
    assert (await slack.conversations_history(channel="C0TECH"))["messages"] == []
    assert await world.refusal(stranger) == "user_not_in_channel"


async def test_a_permalink_leads_to_the_page(slack: AsyncWebClient, page: world.Page) -> None:
    posted = await slack.chat_postMessage(channel="C0TECH", text="x")
    link = await slack.chat_getPermalink(channel="C0TECH", message_ts=posted["ts"])
    answer = await page.client.get(link["permalink"])
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sandbox")


async def test_people_and_groups_are_those_of_the_shop(slack: AsyncWebClient) -> None:
    ana = await slack.users_info(user="U0ANA")
    group = await slack.usergroups_users_list(usergroup="S0ONCALL")
    (listed,) = (await slack.usergroups_list(include_users=True))["usergroups"]
    assert ana["user"]["real_name"] == "Ana Ferreira"
    assert group["users"] == listed["users"] == ["U0ONCALL"]
    assert len((await slack.users_list())["members"]) == 4
    assert await world.refusal(slack.users_info(user="U0NOBODY")) == "user_not_found"
    assert await world.refusal(slack.usergroups_users_list(usergroup="S0NONE")) == "no_such_subteam"


async def test_the_members_of_a_group_are_set_and_never_nobody(slack: AsyncWebClient) -> None:
    update = slack.usergroups_users_update
    answer = await update(usergroup="S0ONCALL", users=["U0ANA", "U0BO"])
    assert answer["usergroup"]["users"] == ["U0ANA", "U0BO"]
    assert (await slack.usergroups_users_list(usergroup="S0ONCALL"))["users"] == ["U0ANA", "U0BO"]
    assert await world.refusal(update(usergroup="S0ONCALL", users=[])) == "no_users_provided"
    assert await world.refusal(update(usergroup="S0ONCALL", users=["U0GONE"])) == "invalid_users"
    assert await world.refusal(update(usergroup="S0NONE", users=["U0ANA"])) == "no_such_subteam"


async def test_channels_are_listed_with_their_state(sandbox: Sandbox, slack: AsyncWebClient) -> None:
    await sandbox.archive("C0ORDERS")
    channels = {each["id"]: each for each in (await slack.conversations_list())["channels"]}
    open_ones = (await slack.conversations_list(exclude_archived=True))["channels"]
    assert len(channels) == 8
    assert channels["C0ORDERS"]["is_archived"]
    assert "C0ORDERS" not in {each["id"] for each in open_ones}
    assert (await slack.conversations_info(channel="C0OPS"))["channel"]["name"] == "support-ops"


async def test_only_posting_takes_a_name_for_a_channel(slack: AsyncWebClient) -> None:
    posted = await slack.chat_postMessage(channel="#tech", text="x")
    update = slack.chat_update(channel="#tech", ts=posted["ts"], text="y")
    history = slack.conversations_history(channel="tech")
    assert await world.refusal(update) == "channel_not_found"
    assert await world.refusal(history) == "channel_not_found"


@pytest.mark.parametrize(
    ("body", "error"), [(b"{", "invalid_json"), (b"[]", "json_not_object"), (b"\xff", "invalid_json")]
)
async def test_a_broken_body_is_named_as_such(sandbox: Sandbox, body: bytes, error: str) -> None:
    url, headers = f"{sandbox.slack_api_url}chat.postMessage", {"Content-Type": "application/json"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(url, content=body, headers=headers)
    assert answer.json() == {"ok": False, "error": error}


@pytest.mark.parametrize(
    ("argument", "error"),
    [
        ({"limit": "many"}, "invalid_limit"),
        ({"cursor": "x"}, "invalid_cursor"),
        ({"oldest": "x"}, "invalid_oldest"),
    ],
)
async def test_a_number_has_to_be_one(slack: AsyncWebClient, argument: world.Json, error: str) -> None:
    await slack.chat_postMessage(channel="C0TECH", text="x")
    history = slack.api_call("conversations.history", params={"channel": "C0TECH", **argument})
    assert await world.refusal(history) == error


async def test_form_bodies_are_read_like_json(sandbox: Sandbox) -> None:
    form = {"token": world.BOT_TOKEN, "channel": "C0TECH", "text": "x", "blocks": '[{"type": "divider"}]'}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{sandbox.slack_api_url}chat.postMessage", data=form)
    assert answer.json()["message"]["blocks"][0]["type"] == "divider"
