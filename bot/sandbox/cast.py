"""Who and what the workspace starts with: the people, their group, the channels and the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TEAM_ID = "T0ACME"
TEAM_NAME = "Acme Shop"
TEAM_DOMAIN = "acme-shop"
APP_ID = "A0DESKBELL"
BOT_ID = "B0DESKBELL"
BOT_USER_ID = "U0DESKBELL"
BOT_NAME = "deskbell"
APP_NAME = "Deskbell"
VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - Slack's deprecated field, nobody checks it


@dataclass(frozen=True, kw_only=True)
class Person:
    """A member of the workspace."""

    id: str
    name: str
    real_name: str
    role: str

    @property
    def dm(self) -> str:
        """The id of the conversation between this person and the app."""
        return f"D{self.id[1:]}"


@dataclass(frozen=True, kw_only=True)
class UserGroup:
    """A group that can be mentioned, such as `@support-oncall`."""

    id: str
    handle: str
    users: tuple[str, ...]


PEOPLE = (
    Person(id="U0ANA", name="ana", real_name="Ana Ferreira", role="agent"),
    Person(id="U0BO", name="bo", real_name="Bo Lindqvist", role="agent"),
    Person(id="U0ONCALL", name="kim", real_name="Kim Sato", role="on-call"),
)
USER_GROUPS = (UserGroup(id="S0ONCALL", handle="support-oncall", users=("U0ONCALL",)),)
CHANNELS = {
    "C0BILLING": "billing",
    "C0ORDERS": "orders",
    "C0TECH": "tech",
    "C0ABUSE": "abuse",
    "C0TRIAGE": "triage",
    "C0INCIDENT": "incidents",
    "C0OPS": "support-ops",
    "C0FALLBACK": "support-fallback",
}

_BY_ID = {person.id: person for person in PEOPLE}


def person(user_id: str) -> Person | None:
    return _BY_ID.get(user_id)


def user_object(member: Person) -> dict[str, Any]:
    """Slack's user object (docs.slack.dev/reference/objects/user-object), the fields that an app reads."""
    first_name = member.real_name.split()[0]
    profile = {"real_name": member.real_name, "display_name": member.name, "first_name": first_name}
    return {
        "id": member.id,
        "team_id": TEAM_ID,
        "name": member.name,
        "real_name": member.real_name,
        "deleted": False,
        "is_bot": False,
        "tz": "Etc/UTC",
        "tz_offset": 0,
        "profile": {**profile, "email": f"{member.name}@acme.example"},
    }


def bot_object() -> dict[str, Any]:
    """The app's own user object."""
    profile = {"real_name": APP_NAME, "display_name": APP_NAME, "bot_id": BOT_ID}
    return {
        "id": BOT_USER_ID,
        "team_id": TEAM_ID,
        "name": BOT_NAME,
        "real_name": APP_NAME,
        "deleted": False,
        "is_bot": True,
        "profile": profile,
    }
