"""The parts that every interaction payload has (docs.slack.dev/reference/interaction-payloads)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import cast

if TYPE_CHECKING:
    from bot.sandbox.store import Json


def envelope(kind: str, *, user_id: str) -> Json:
    """Who did it, in which team, to which app."""
    member = cast.person(user_id)
    name = member.name if member else user_id
    return {
        "type": kind,
        "user": {"id": user_id, "username": name, "name": name, "team_id": cast.TEAM_ID},
        "api_app_id": cast.APP_ID,
        "token": cast.VERIFICATION_TOKEN,
        "team": {"id": cast.TEAM_ID, "domain": cast.TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Json) -> str:
    return str(channel.get("name", "directmessage"))
