"""users.* and usergroups.*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import cast
from bot.sandbox.errors import MethodError

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json


async def info(_slack: Slack, args: Json) -> Json:
    if args.get("user") == cast.BOT_USER_ID:
        return {"user": cast.bot_object()}
    member = cast.person(args.get("user", ""))
    if member is None:
        raise MethodError("user_not_found")
    return {"user": cast.user_object(member)}


async def list_all(_slack: Slack, _args: Json) -> Json:
    members = [cast.user_object(member) for member in cast.PEOPLE]
    return {"members": [*members, cast.bot_object()], "response_metadata": {"next_cursor": ""}}


async def usergroups_list(_slack: Slack, args: Json) -> Json:
    with_users = str(args.get("include_users", "")).lower() in {"1", "true"}
    return {"usergroups": [_group(group, with_users=with_users) for group in cast.USER_GROUPS]}


async def usergroups_users(_slack: Slack, args: Json) -> Json:
    for group in cast.USER_GROUPS:
        if group.id == args.get("usergroup"):
            return {"users": list(group.users)}
    raise MethodError("no_such_subteam")


def _group(group: cast.UserGroup, *, with_users: bool) -> Json:
    known = {"id": group.id, "team_id": cast.TEAM_ID, "is_usergroup": True, "date_delete": 0}
    named = {"name": group.handle, "handle": group.handle, "user_count": len(group.users)}
    return known | named | ({"users": list(group.users)} if with_users else {})
