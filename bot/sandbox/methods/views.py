"""views.*: modals and the App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import cast, modals
from bot.sandbox.errors import MethodError

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json


async def open_modal(slack: Slack, args: Json) -> Json:
    user_id = slack.triggers.exchange(args.get("trigger_id") or "")
    return {"view": modals.public(await slack.modals.open(user_id, args.get("view")))}


async def push(slack: Slack, args: Json) -> Json:
    user_id = slack.triggers.exchange(args.get("trigger_id") or "")
    return {"view": modals.public(await slack.modals.push(user_id, args.get("view")))}


async def update(slack: Slack, args: Json) -> Json:
    view_id, external_id = args.get("view_id"), args.get("external_id")
    current = slack.modals.get(view_id) if view_id else slack.modals.by_external_id(external_id or "")
    if current is None:
        raise MethodError("not_found")
    view = await slack.modals.update(current, args.get("view"), expected_hash=args.get("hash"))
    return {"view": modals.public(view)}


async def publish(slack: Slack, args: Json) -> Json:
    if cast.person(args.get("user_id") or "") is None:
        raise MethodError("user_not_found")
    view = await slack.modals.publish(args["user_id"], args.get("view"), expected_hash=args.get("hash"))
    return {"view": modals.public(view)}
