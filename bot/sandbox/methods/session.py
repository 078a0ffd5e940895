"""auth.test, api.test, apps.connections.open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import cast
from bot.sandbox.errors import MethodError

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json


async def api_test(_slack: Slack, args: Json) -> Json:
    if args.get("error"):
        raise MethodError(args["error"], args=args)
    return {"args": args}


async def auth_test(slack: Slack, _args: Json) -> Json:
    return {
        "url": f"http://{slack.address}/",
        "team": cast.TEAM_NAME,
        "user": cast.BOT_NAME,
        "team_id": cast.TEAM_ID,
        "user_id": cast.BOT_USER_ID,
        "bot_id": cast.BOT_ID,
        "is_enterprise_install": False,
    }


async def connections_open(slack: Slack, _args: Json) -> Json:
    return {"url": f"ws://{slack.address}/link?ticket={slack.sockets.new_ticket()}"}
