"""The whole state as the page reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import cast, samples

if TYPE_CHECKING:
    from bot.sandbox.mailbox import Mailbox
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json

MESSAGES_A_CHANNEL = 200
MAILS_A_FOLDER = 200
# Kept for tests or too big to send at every change.
_NOT_SHOWN = {"raw"}


def of(slack: Slack, mailbox: Mailbox) -> Json:
    """The newest messages of every conversation, everybody's modals and home, and both mail folders."""
    workspace, store = slack.workspace, slack.workspace.store
    channels, dms = workspace.channels(), store.all("dm")
    homes = {view["user"]: view for view in store.all("home")}
    return {
        "version": store.version,
        "team": {"name": cast.TEAM_NAME},
        "bot": {"id": cast.BOT_USER_ID, "name": cast.APP_NAME},
        "people": [_person(member) for member in cast.PEOPLE],
        "usergroups": [{"id": group.id, "handle": group.handle} for group in cast.USER_GROUPS],
        "channels": [{name: channel[name] for name in ("id", "name", "archived")} for channel in channels],
        "dms": dms,
        "messages": {channel["id"]: _messages(slack, channel["id"]) for channel in [*channels, *dms]},
        "home": {member.id: homes.get(member.id) for member in cast.PEOPLE},
        "views": {member.id: slack.modals.stack(member.id) for member in cast.PEOPLE},
        "toasts": list(workspace.toasts),
        "inbox": _mails(mailbox.inbox()),
        "sent": _mails(mailbox.sent()),
        "samples": samples.page_samples(),
    }


def _person(member: cast.Person) -> Json:
    return {"id": member.id, "name": member.name, "real_name": member.real_name, "role": member.role}


def _messages(slack: Slack, channel_id: str) -> list[Json]:
    return [_message(message) for message in slack.workspace.messages(channel_id)[-MESSAGES_A_CHANNEL:]]


def _message(message: Json) -> Json:
    return {
        "ts": message["ts"],
        "channel": message["channel"],
        "user": message["user"],
        "bot": message["user"] == cast.BOT_USER_ID,
        "text": message["text"],
        "blocks": message.get("blocks", []),
        "files": [
            {name: file[name] for name in ("id", "name", "title", "size")}
            for file in message.get("files", [])
        ],
        "thread_ts": message.get("thread_ts"),
        # Slack shows no mark on an edited card, only on edited text (docs.slack.dev, chat.update).
        "edited": "edited" in message and not message.get("blocks"),
        "ephemeral_to": message.get("ephemeral_to"),
    }


def _mails(mails: list[Json]) -> list[Json]:
    return [
        {name: value for name, value in mail.items() if name not in _NOT_SHOWN}
        for mail in mails[-MAILS_A_FOLDER:]
    ]
