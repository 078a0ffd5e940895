"""files.*: a file is announced, its bytes go to an address of their own, then it is shared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.sandbox import cast, uploads
from bot.sandbox.errors import MethodError
from bot.sandbox.methods import chat

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json


async def get_upload_url_external(slack: Slack, args: Json) -> Json:
    name, length = str(args.get("filename") or ""), str(args.get("length") or "")
    if not name or not (length.isascii() and length.isdigit() and int(length)):
        raise MethodError("invalid_arguments")
    file = await uploads.announce(slack.workspace, name=name, size=int(length))
    return {"upload_url": f"http://{slack.address}/upload/v1/{file['ticket']}", "file_id": file["id"]}


async def complete_upload_external(slack: Slack, args: Json) -> Json:
    """One message with all files; its text is `initial_comment`."""
    wanted = _wanted(args)
    files = [_uploaded(slack, item) for item in wanted]
    channel = slack.workspace.conversation(args.get("channel_id"))
    chat.refuse_closed(channel)
    thread_ts = chat.thread_ts(slack, channel, args)
    for file in files:
        await slack.workspace.store.put("file", file["id"], file)
    shown = [uploads.public(slack, file) for file in files]
    await slack.workspace.say(
        channel["id"],
        user=cast.BOT_USER_ID,
        text=str(args.get("initial_comment") or ""),
        thread_ts=thread_ts,
        files=shown,
    )
    return {"files": [{"id": file["id"], "title": file["title"]} for file in shown]}


def _wanted(args: Json) -> list[Json]:
    given = args.get("files")
    try:
        wanted = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise MethodError("invalid_arguments") from error
    if not isinstance(wanted, list) or not wanted or not all(isinstance(item, dict) for item in wanted):
        raise MethodError("invalid_arguments")
    return wanted


def _uploaded(slack: Slack, wanted: Json) -> Json:
    """A file whose bytes are here and that nobody has shared yet."""
    file = slack.workspace.store.get("file", str(wanted.get("id")))
    if file is None or file["content"] is None or file["is_shared"]:
        raise MethodError("file_not_found")
    return file | {"title": str(wanted.get("title") or file["name"]), "is_shared": True}
