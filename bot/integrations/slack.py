"""Slack's Web API as the Workspace."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import (
    ChannelUnavailableError,
    MessageGoneError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from bot.integrations import slack_files
from bot.integrations.interfaces import Posted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from blocks.message import SlackMessage
    from bot.integrations.interfaces import SharedFile
    from bot.settings import Settings

EVENT_TYPE = "deskbell_outbox"
"""Slack metadata type of everything that the outbox posts."""

_CHANNEL_ERRORS = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "user_not_found",
        "user_disabled",
    }
)
_TRANSIENT_ERRORS = frozenset(
    # Slack's own trouble, and a token that a person has to mend: the mail must outlive both.
    {
        "account_inactive",
        "fatal_error",
        "internal_error",
        "invalid_auth",
        "missing_scope",
        "not_authed",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
    }
)
_MOST_NAMES = 5
TIMEOUT_SECONDS = 20
_FIRST_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429
_CLOCK_SKEW = timedelta(minutes=2)


class Account(NamedTuple):
    """A person in the workspace."""

    name: str
    is_active: bool
    """False once they have left."""


class _NameTakenError(PermanentError):
    """A channel has this name."""


class _AlreadyThereError(PermanentError):
    """Who is invited is a member."""


_PERMANENT_ERRORS: dict[str, type[PermanentError]] = {
    "name_taken": _NameTakenError,
    "already_in_channel": _AlreadyThereError,
    "cant_invite_self": _AlreadyThereError,
    "message_not_found": MessageGoneError,
    "thread_not_found": MessageGoneError,
}


class SlackWorkspace:
    """A Workspace over an AsyncWebClient."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._names: dict[str, str] = {}

    @classmethod
    def from_settings(cls, settings: Settings) -> SlackWorkspace:
        return cls(
            AsyncWebClient(
                token=settings.slack_bot_token.get_secret_value(),
                base_url=settings.slack_api_url,
                timeout=TIMEOUT_SECONDS,
                # By default a broken connection is tried again at once, and posts twice what was posted before
                # it broke. The outbox looks first.
                retry_handlers=[],
            )
        )

    async def identity(self) -> tuple[str, timedelta]:
        """The workspace that the token belongs to, and how far this machine's clock is ahead of Slack's."""
        async with _translated("auth.test"):
            response = await self._client.auth_test()
        slack_time = parsedate_to_datetime(response.headers["Date"]) if "Date" in response.headers else None
        skew = datetime.now(UTC) - slack_time if slack_time else timedelta()
        return str(response["team"]), skew

    async def joined_channels(self) -> set[str]:
        """The channels that the app is in, each by its id and as `#name`."""
        joined: set[str] = set()
        async with _translated("conversations.list"):
            async for page in await self._client.conversations_list(
                limit=1000, types="public_channel,private_channel", exclude_archived=True
            ):
                for channel in page["channels"]:
                    if channel.get("is_member"):
                        joined |= {channel["id"], f"#{channel['name']}"}
        return joined

    async def post(
        self, channel: str, message: SlackMessage, *, entry_id: int, thread_ts: str | None = None
    ) -> Posted:
        async with _translated(channel):
            response = await self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread_ts,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"entry_id": entry_id}},
                unfurl_links=False,
                unfurl_media=False,
                **message.payload(),
            )
        return Posted(response["channel"], response["ts"])

    async def find(
        self, channel: str, *, entry_id: int, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        channel_id = await self._channel_id(channel)
        if channel_id is None:
            return None
        wanted: dict[str, Any] = {
            "channel": channel_id,
            "oldest": str((since - _CLOCK_SKEW).timestamp()),
            "include_all_metadata": True,
            "limit": 200,
        }
        async with _translated(channel):
            if thread_ts:
                pages = await self._client.conversations_replies(ts=thread_ts, **wanted)
            else:
                pages = await self._client.conversations_history(**wanted)
            async for page in pages:
                for message in page["messages"]:
                    if _entry_id(message) == entry_id:
                        return Posted(channel_id, message["ts"])
        return None

    async def _channel_id(self, channel: str) -> str | None:
        """The id behind `#name` or a person; None when there is none, so nothing was posted either."""
        async with _translated(channel):
            if channel.startswith(("U", "W")):
                response = await self._client.conversations_open(users=channel)
                return str(response["channel"]["id"])
            if not channel.startswith("#"):
                return channel
            async for page in await self._client.conversations_list(
                limit=1000, types="public_channel,private_channel"
            ):
                for found in page["channels"]:
                    if found["name"] == channel[1:]:
                        return str(found["id"])
        return None

    async def update(self, channel: str, ts: str, message: SlackMessage) -> None:
        async with _translated(channel):
            await self._client.chat_update(channel=channel, ts=ts, **message.payload())

    async def share(self, channel: str, file: SharedFile, *, thread_ts: str) -> None:
        async with _translated(channel):
            await slack_files.share(self._client, channel, file, thread_ts=thread_ts)

    async def has_file(self, channel: str, *, name: str, thread_ts: str) -> bool:
        async with _translated(channel):
            return await slack_files.is_there(self._client, channel, name=name, thread_ts=thread_ts)

    async def create_channel(self, name: str, *, since: datetime) -> str:
        for attempt in range(1, _MOST_NAMES + 1):
            candidate = name if attempt == 1 else f"{name}-{attempt}"
            try:
                async with _translated(candidate):
                    response = await self._client.conversations_create(name=candidate)
            except _NameTakenError:
                made = await self._made_since(candidate, since)
                if made is not None:
                    return made
            else:
                return str(response["channel"]["id"])
        raise PermanentError(f"Slack: every name like {name} is taken")

    async def _made_since(self, name: str, since: datetime) -> str | None:
        async with _translated(name):
            async for page in await self._client.conversations_list(limit=1000, types="public_channel"):
                for found in page["channels"]:
                    is_new = found.get("created", 0) >= (since - _CLOCK_SKEW).timestamp()
                    if found["name"] == name and is_new and not found["is_archived"]:
                        return str(found["id"])
        return None

    async def invite(self, channel: str, user_ids: list[str]) -> None:
        for user_id in user_ids:  # one at a time: Slack refuses all for the sake of one
            with suppress(_AlreadyThereError):
                async with _translated(channel):
                    await self._client.conversations_invite(channel=channel, users=user_id)

    async def set_topic(self, channel: str, topic: str) -> None:
        async with _translated(channel):
            await self._client.conversations_setTopic(channel=channel, topic=topic)

    async def group_members(self, group_id: str) -> list[str]:
        async with _translated(group_id):
            response = await self._client.usergroups_users_list(usergroup=group_id)
        return list(response["users"])

    async def set_group_members(self, group_id: str, people: Sequence[str]) -> None:
        async with _translated(group_id):
            await self._client.usergroups_users_update(usergroup=group_id, users=list(people))

    async def people_called(self, name: str) -> list[str]:
        found = []
        async with _translated(name):
            async for page in await self._client.users_list(limit=1000):
                found += [member["id"] for member in page["members"] if _goes_by(member, name)]
        return found

    async def account(self, user_id: str) -> Account | None:
        """Who somebody is; None where the workspace has nobody of this id."""
        try:
            async with _translated(user_id):
                response = await self._client.users_info(user=user_id)
        except ChannelUnavailableError:
            return None
        user = response["user"]
        name = user.get("profile", {}).get("real_name") or user.get("real_name") or user_id
        return Account(name=name, is_active=not user.get("deleted"))

    async def group_handles(self) -> dict[str, str]:
        """The `@handle` of each user group that is in use, by its id."""
        async with _translated("usergroups.list"):
            response = await self._client.usergroups_list()
        return {group["id"]: f"@{group['handle']}" for group in response["usergroups"]}

    async def display_name(self, user_id: str) -> str:
        if user_id not in self._names:
            async with _translated(user_id):
                response = await self._client.users_info(user=user_id)
            profile = response["user"].get("profile", {})
            self._names[user_id] = profile.get("real_name") or response["user"].get("real_name") or user_id
        return self._names[user_id]


def _goes_by(member: Mapping[str, Any], name: str) -> bool:
    profile = member.get("profile", {})
    names = (
        member.get("name"),
        *(profile.get(key) for key in ("display_name", "real_name")),
    )
    is_person = not member.get("deleted") and not member.get("is_bot")
    return is_person and name.casefold() in {str(known).casefold() for known in names if known}


def _entry_id(message: Mapping[str, Any]) -> int | None:
    metadata = message.get("metadata", {})
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    entry_id = metadata.get("event_payload", {}).get("entry_id")
    return int(entry_id) if entry_id is not None else None


@asynccontextmanager
async def _translated(channel: str) -> AsyncIterator[None]:
    try:
        yield
    except SlackApiError as error:
        raise _delivery_error(channel, error) from error
    except SlackRequestError as error:
        raise PermanentError(str(error)) from error
    except (TimeoutError, ClientError, OSError) as error:
        raise TransientError(f"Slack did not answer: {type(error).__name__}") from error


def _delivery_error(channel: str, error: SlackApiError) -> Exception:
    response = error.response
    status = response.status_code
    if status == _TOO_MANY_REQUESTS:
        return RateLimitedError(timedelta(seconds=float(response.headers.get("Retry-After", 1))))
    name = (
        str(response.get("error", f"http_{status}")) if isinstance(response.data, dict) else f"http_{status}"
    )
    if status >= _FIRST_SERVER_ERROR or name in _TRANSIENT_ERRORS:
        return TransientError(f"Slack: {name}")
    if name in _CHANNEL_ERRORS:
        return ChannelUnavailableError(channel, name)
    return _PERMANENT_ERRORS.get(name, PermanentError)(f"Slack: {name}")
