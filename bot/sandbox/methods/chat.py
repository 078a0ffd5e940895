"""chat.*: messages of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import block_kit, block_kit_limits, cast, workspace
from bot.sandbox.errors import MethodError

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json

POST_CHARACTERS = 40_000
# Measured on the real service: an update is refused where a post would still be taken.
UPDATE_BYTES = 4_000


async def post_message(slack: Slack, args: Json) -> Json:
    channel = await _writable(slack, args)
    content = content_of(args)
    if len(content["text"]) > POST_CHARACTERS:
        raise MethodError("msg_too_long")
    message = await slack.workspace.say(
        channel["id"],
        user=cast.BOT_USER_ID,
        thread_ts=thread_ts(slack, channel, args),
        metadata=args.get("metadata"),
        **content,
    )
    return {"channel": channel["id"], "ts": message["ts"], "message": workspace.public(message)}


async def post_ephemeral(slack: Slack, args: Json) -> Json:
    channel = await _writable(slack, args)
    if cast.person(args.get("user", "")) is None:
        raise MethodError("user_not_in_channel")
    message = await slack.workspace.say(
        channel["id"],
        user=cast.BOT_USER_ID,
        thread_ts=args.get("thread_ts"),
        ephemeral_to=args["user"],
        **content_of(args),
    )
    return {"message_ts": message["ts"]}


async def update(slack: Slack, args: Json) -> Json:
    message = _own_message(slack, args, refusal="cant_update_message")
    content = content_of(args)
    if len(content["text"].encode()) > UPDATE_BYTES:
        raise MethodError("msg_too_long")
    edited = {"edited": {"user": cast.BOT_USER_ID, "ts": slack.workspace.next_ts()}}
    metadata = {"metadata": args["metadata"]} if args.get("metadata") else {}
    message = message | {"blocks": []} | content | metadata | edited
    await slack.workspace.save(message)
    place = {"channel": message["channel"], "ts": message["ts"]}
    return place | {"text": message["text"], "message": workspace.public(message)}


async def delete(slack: Slack, args: Json) -> Json:
    message = _own_message(slack, args, refusal="cant_delete_message")
    await slack.workspace.remove(message)
    return {"channel": message["channel"], "ts": message["ts"]}


async def get_permalink(slack: Slack, args: Json) -> Json:
    channel = slack.workspace.conversation(args.get("channel"))
    ts = args.get("message_ts", "")
    if slack.workspace.message(channel["id"], ts) is None:
        raise MethodError("message_not_found")
    link = f"http://{slack.address}/archives/{channel['id']}/p{ts.replace('.', '')}"
    return {"channel": channel["id"], "permalink": link}


def content_of(args: Json) -> Json:
    """The text and blocks of a message.

    Raises:
        MethodError: `no_text`, `invalid_blocks` with `errors`, `msg_blocks_too_long`.
    """
    text, blocks = args.get("text") or "", args.get("blocks") or []
    if problems := block_kit.message_problems(blocks):
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise MethodError("invalid_blocks", errors=problems, response_metadata={"messages": messages})
    if not text and not blocks:
        raise MethodError("no_text")
    if block_kit.text_length(blocks) > block_kit_limits.MESSAGE_TEXT:
        raise MethodError("msg_blocks_too_long")
    return {"text": text, "blocks": block_kit.with_ids(blocks)}


async def _writable(slack: Slack, args: Json) -> Json:
    """The conversation to write to; a user id stands for the direct message with that person."""
    reference = str(args.get("channel") or "")
    if cast.person(reference) is not None:
        return await slack.workspace.open_dm(reference)
    channel = slack.workspace.find(reference)
    refuse_closed(channel)
    return channel


def refuse_closed(channel: Json) -> None:
    """Nothing new goes where nobody writes any more, or where the app is no member.

    Raises:
        MethodError: `is_archived`, `not_in_channel`.
    """
    if channel.get("archived"):
        raise MethodError("is_archived")
    if not channel.get("joined", True):
        raise MethodError("not_in_channel")


def thread_ts(slack: Slack, channel: Json, args: Json) -> str | None:
    """The first message of the thread that is meant; None outside of threads.

    Raises:
        MethodError: `thread_not_found`.
    """
    if not args.get("thread_ts"):
        return None
    parent = slack.workspace.message(channel["id"], str(args["thread_ts"]))
    if parent is None:
        raise MethodError("thread_not_found")
    # There are no threads in threads: an answer to an answer joins the thread of the first message.
    return str(parent.get("thread_ts") or parent["ts"])


def _own_message(slack: Slack, args: Json, *, refusal: str) -> Json:
    channel = slack.workspace.conversation(args.get("channel"))
    message = slack.workspace.message(channel["id"], str(args.get("ts")))
    if message is None or message.get("ephemeral_to"):
        raise MethodError("message_not_found")
    if channel.get("archived"):
        raise MethodError("is_archived")
    if message["user"] != cast.BOT_USER_ID:
        raise MethodError(refusal)
    return message
