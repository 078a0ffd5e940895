"""conversations.*: channels and what was said in them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from bot.sandbox import cast, workspace
from bot.sandbox.errors import MethodError

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json

DEFAULT_LIMIT = 100
LONGEST_TOPIC = 250
MOST = 999
_CHANNEL_NAME = re.compile(r"[a-z0-9_-]{1,80}")


async def open_dm(slack: Slack, args: Json) -> Json:
    users = args.get("users") or ""
    user_id = users[0] if isinstance(users, list) else users.split(",")[0]
    channel = await slack.workspace.open_dm(user_id)
    return {"channel": {"id": channel["id"], "user": channel["user"], "is_im": True}}


async def info(slack: Slack, args: Json) -> Json:
    return {"channel": _channel_object(slack.workspace.conversation(args.get("channel")))}


async def list_all(slack: Slack, args: Json) -> Json:
    channels = [_channel_object(channel) for channel in slack.workspace.channels()]
    if _is_true(args.get("exclude_archived")):
        channels = [channel for channel in channels if not channel["is_archived"]]
    return {"channels": channels, "response_metadata": {"next_cursor": ""}}


async def join(slack: Slack, args: Json) -> Json:
    channel = slack.workspace.conversation(args.get("channel"))
    if channel.get("archived"):
        raise MethodError("is_archived")
    if "name" not in channel:
        raise MethodError("method_not_supported_for_channel_type")
    await slack.workspace.store.put("channel", channel["id"], channel | {"joined": True})
    return {"channel": _channel_object(channel | {"joined": True})}


async def create(slack: Slack, args: Json) -> Json:
    name = str(args.get("name") or "")
    if not _CHANNEL_NAME.fullmatch(name):
        raise MethodError("invalid_name_specials" if name else "invalid_name_required")
    if any(channel["name"] == name for channel in slack.workspace.channels()):
        raise MethodError("name_taken")
    return {"channel": _channel_object(await slack.workspace.add_channel(name))}


async def invite(slack: Slack, args: Json) -> Json:
    channel = _own(slack, args)
    users = [user for user in str(args.get("users") or "").split(",") if user]
    if not users or any(cast.person(user) is None for user in users):
        raise MethodError("user_not_found")
    members = channel.get("members", [])
    if any(user in members for user in users):
        raise MethodError("already_in_channel")
    channel = channel | {"members": [*members, *users]}
    await slack.workspace.store.put("channel", channel["id"], channel)
    return {"channel": _channel_object(channel)}


async def set_topic(slack: Slack, args: Json) -> Json:
    channel = _own(slack, args) | {"topic": str(args.get("topic") or "")}
    if len(channel["topic"]) > LONGEST_TOPIC:
        raise MethodError("too_long")
    await slack.workspace.store.put("channel", channel["id"], channel)
    return {"channel": _channel_object(channel)}


def _own(slack: Slack, args: Json) -> Json:
    """A channel that the app is in."""
    channel = _readable(slack, args)
    if "name" not in channel:
        raise MethodError("method_not_supported_for_channel_type")
    if channel.get("archived"):
        raise MethodError("is_archived")
    return channel


async def history(slack: Slack, args: Json) -> Json:
    """Newest first, without replies and without what only one person sees."""
    channel = _readable(slack, args)
    messages = [
        message
        for message in reversed(slack.workspace.messages(channel["id"]))
        if not message.get("ephemeral_to") and message.get("thread_ts") in {None, message["ts"]}
    ]
    return _page(slack, [message for message in messages if _is_within(message, args)], args)


async def replies(slack: Slack, args: Json) -> Json:
    """The first message of a thread and its answers, oldest first."""
    channel = _readable(slack, args)
    parent = slack.workspace.message(channel["id"], str(args.get("ts")))
    if parent is None:
        raise MethodError("thread_not_found")
    answers = slack.workspace.thread(channel["id"], parent["ts"])
    return _page(slack, [parent, *(answer for answer in answers if _is_within(answer, args))], args)


def _readable(slack: Slack, args: Json) -> Json:
    channel = slack.workspace.conversation(args.get("channel"))
    if not channel.get("joined", True):
        raise MethodError("not_in_channel")
    return channel


def _is_within(message: Json, args: Json) -> bool:
    ts = float(message["ts"])
    oldest, latest = _number(args, "oldest", 0), _number(args, "latest", math.inf)
    if _is_true(args.get("inclusive")):
        return oldest <= ts <= latest
    return oldest < ts < latest


def _page(slack: Slack, messages: list[Json], args: Json) -> Json:
    start = int(_number(args, "cursor", 0))
    end = start + min(int(_number(args, "limit", DEFAULT_LIMIT)), MOST)
    has_more = end < len(messages)
    shown = [
        _message_object(slack, message, with_metadata=_is_true(args.get("include_all_metadata")))
        for message in messages[start:end]
    ]
    return {
        "messages": shown,
        "has_more": has_more,
        "response_metadata": {"next_cursor": str(end) if has_more else ""},
    }


def _message_object(slack: Slack, message: Json, *, with_metadata: bool) -> Json:
    shown = workspace.public(message)
    if not with_metadata:
        shown.pop("metadata", None)
    if answers := slack.workspace.thread(message["channel"], message["ts"]):
        shown |= {"thread_ts": message["ts"], "reply_count": len(answers), "latest_reply": answers[-1]["ts"]}
    return shown


def _channel_object(channel: Json) -> Json:
    if "user" in channel:
        return {"id": channel["id"], "user": channel["user"], "is_im": True, "is_archived": False}
    return {
        "id": channel["id"],
        "name": channel["name"],
        "is_channel": True,
        "is_im": False,
        "is_private": False,
        "is_archived": channel["archived"],
        "created": channel.get("created", 0),
        "topic": {"value": channel.get("topic", "")},
        "is_member": channel["joined"],
        "num_members": len(cast.PEOPLE) + channel["joined"],
    }


def _number(args: Json, name: str, default: float) -> float:
    try:
        return float(args.get(name) or default)
    except ValueError as error:
        raise MethodError(f"invalid_{name}") from error


def _is_true(value: object) -> bool:
    # Arguments of a query string are text.
    return str(value).lower() in {"1", "true"}
