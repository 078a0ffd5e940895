"""Channels that the app makes, as Slack lets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient


async def test_a_channel_is_made_with_people_and_a_topic(slack: AsyncWebClient) -> None:
    made = (await slack.conversations_create(name="inc-1"))["channel"]
    assert (made["is_member"], made["is_archived"]) == (True, False)
    assert made["created"] > 0
    await slack.conversations_invite(channel=made["id"], users="U0ANA,U0BO")
    await slack.conversations_setTopic(channel=made["id"], topic="INC-1: 503")
    seen = (await slack.conversations_info(channel=made["id"]))["channel"]
    assert seen["topic"]["value"] == "INC-1: 503"
    posted = await slack.chat_postMessage(channel="#inc-1", text="Here")
    assert posted["channel"] == made["id"]


@pytest.mark.parametrize(
    ("name", "error"),
    [("billing", "name_taken"), ("Billing!", "invalid_name_specials"), ("", "invalid_name_required")],
)
async def test_a_name_that_cannot_be_had(slack: AsyncWebClient, name: str, error: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await slack.conversations_create(name=name)
    assert caught.value.response["error"] == error


async def test_who_is_in_a_channel_is_not_invited_again(slack: AsyncWebClient) -> None:
    made = (await slack.conversations_create(name="inc-1"))["channel"]
    await slack.conversations_invite(channel=made["id"], users="U0ANA")
    with pytest.raises(SlackApiError, match="already_in_channel"):
        await slack.conversations_invite(channel=made["id"], users="U0ANA")
    with pytest.raises(SlackApiError, match="user_not_found"):
        await slack.conversations_invite(channel=made["id"], users="U0NOBODY")
