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


async def usergroups_list(slack: Slack, args: Json) -> Json:
    with_users = str(args.get("include_users", "")).lower() in {"1", "true"}
    return {"usergroups": [_group(slack, group, with_users=with_users) for group in cast.USER_GROUPS]}


async def usergroups_users(slack: Slack, args: Json) -> Json:
    return {"users": _users(slack, _found(args))}


async def usergroups_update(slack: Slack, args: Json) -> Json:
    """Put these people in the place of all members; a group is never empty."""
    group, told = _found(args), args.get("users", "")
    users = told.split(",") if isinstance(told, str) else list(told)
    if not any(users):
        raise MethodError("no_users_provided")
    if not all(map(cast.person, users)):
        raise MethodError("invalid_users")
    await slack.workspace.store.put("usergroup", group.id, {"id": group.id, "users": users})
    return {"usergroup": _group(slack, group, with_users=True)}


def _found(args: Json) -> cast.UserGroup:
    for group in cast.USER_GROUPS:
        if group.id == args.get("usergroup"):
            return group
    raise MethodError("no_such_subteam")


def _users(slack: Slack, group: cast.UserGroup) -> list[str]:
    changed = slack.workspace.store.get("usergroup", group.id)
    return list(changed["users"] if changed else group.users)


def _group(slack: Slack, group: cast.UserGroup, *, with_users: bool) -> Json:
    users = _users(slack, group)
    known = {"id": group.id, "team_id": cast.TEAM_ID, "is_usergroup": True, "date_delete": 0}
    named = {"name": group.handle, "handle": group.handle, "user_count": len(users)}
    return known | named | ({"users": users} if with_users else {})
