from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError

from tests.bot.sandbox import world

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.sandbox import Sandbox


def trigger(sandbox: Sandbox, user: str = "U0ANA") -> str:
    return sandbox.slack.triggers.issue(user)


async def test_a_trigger_opens_a_modal_for_its_person_only(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page
) -> None:
    opened = await slack.views_open(trigger_id=trigger(sandbox), view=world.modal())
    views = (await page.state())["views"]
    assert [view["id"] for view in views["U0ANA"]] == [opened["view"]["id"]]
    assert views["U0BO"] == []
    assert opened["view"]["root_view_id"] == opened["view"]["id"]


async def test_a_trigger_is_exchanged_once(sandbox: Sandbox, slack: AsyncWebClient) -> None:
    trigger_id = trigger(sandbox)
    await slack.views_open(trigger_id=trigger_id, view=world.modal())
    again = slack.views_open(trigger_id=trigger_id, view=world.modal())
    assert await world.refusal(again) == "exchanged_trigger_id"


async def test_a_trigger_expires_after_three_seconds(
    sandbox: Sandbox, slack: AsyncWebClient, clock: world.Clock
) -> None:
    trigger_id = trigger(sandbox)
    clock.advance(timedelta(seconds=3))
    late = slack.views_open(trigger_id=trigger_id, view=world.modal())
    made_up = slack.views_open(trigger_id="1.2.abc", view=world.modal())
    assert await world.refusal(late) == "expired_trigger_id"
    assert await world.refusal(made_up) == "invalid_trigger_id"


async def test_an_invalid_view_is_refused_with_the_place_of_the_fault(
    sandbox: Sandbox, slack: AsyncWebClient
) -> None:
    view = world.modal(title=world.plain("x" * 25))
    with pytest.raises(SlackApiError) as caught:
        await slack.views_open(trigger_id=trigger(sandbox), view=view)
    assert caught.value.response["error"] == "invalid_arguments"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
    ]


async def test_a_view_has_at_most_250_kilobytes(sandbox: Sandbox, slack: AsyncWebClient) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    opened = slack.views_open(trigger_id=trigger(sandbox), view=world.modal(*[section] * 90))
    assert await world.refusal(opened) == "view_too_large"


async def test_an_update_with_an_old_hash_conflicts(sandbox: Sandbox, slack: AsyncWebClient) -> None:
    first = (await slack.views_open(trigger_id=trigger(sandbox), view=world.modal()))["view"]
    second = (await slack.views_update(view_id=first["id"], hash=first["hash"], view=world.modal()))["view"]
    late = slack.views_update(view_id=first["id"], hash=first["hash"], view=world.modal())
    lost = slack.views_update(view_id="V0", view=world.modal())
    assert second["hash"] != first["hash"]
    assert await world.refusal(late) == "hash_conflict"
    assert await world.refusal(lost) == "not_found"


async def test_an_external_id_names_one_view(sandbox: Sandbox, slack: AsyncWebClient) -> None:
    view = world.modal(external_id="ticket-1")
    opened = await slack.views_open(trigger_id=trigger(sandbox), view=view)
    updated = await slack.views_update(external_id="ticket-1", view=view)
    twice = slack.views_open(trigger_id=trigger(sandbox, "U0BO"), view=view)
    assert updated["view"]["id"] == opened["view"]["id"]
    assert await world.refusal(twice) == "duplicate_external_id"


async def test_two_more_views_fit_on_a_modal(sandbox: Sandbox, slack: AsyncWebClient) -> None:
    root = (await slack.views_open(trigger_id=trigger(sandbox), view=world.modal()))["view"]
    pushed = (await slack.views_push(trigger_id=trigger(sandbox), view=world.modal()))["view"]
    await slack.views_push(trigger_id=trigger(sandbox), view=world.modal())
    fourth = slack.views_push(trigger_id=trigger(sandbox), view=world.modal())
    assert (pushed["root_view_id"], pushed["previous_view_id"]) == (root["id"], root["id"])
    assert await world.refusal(fourth) == "push_limit_reached"


async def test_a_home_view_is_kept_for_each_person(slack: AsyncWebClient, page: world.Page) -> None:
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    first = (await slack.views_publish(user_id="U0ANA", view=view))["view"]
    second = (await slack.views_publish(user_id="U0ANA", view=view, hash=first["hash"]))["view"]
    late = slack.views_publish(user_id="U0ANA", view=view, hash=first["hash"])
    homes = (await page.state())["home"]
    assert (homes["U0ANA"]["id"], homes["U0BO"]) == (second["id"], None)
    assert first["id"] == second["id"]
    assert await world.refusal(late) == "hash_conflict"
