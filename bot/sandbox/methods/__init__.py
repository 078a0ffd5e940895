"""The Web API: one function a method, by Slack's name (docs.slack.dev/reference/methods)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from bot.sandbox.methods import chat, conversations, files, members, session, views
from bot.sandbox.slack import Slack
from bot.sandbox.store import Json

Method: TypeAlias = Callable[[Slack, Json], Awaitable[Json]]

BY_NAME: dict[str, Method] = {
    "api.test": session.api_test,
    "apps.connections.open": session.connections_open,
    "auth.test": session.auth_test,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.create": conversations.create,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.invite": conversations.invite,
    "conversations.join": conversations.join,
    "conversations.list": conversations.list_all,
    "conversations.open": conversations.open_dm,
    "conversations.replies": conversations.replies,
    "files.completeUploadExternal": files.complete_upload_external,
    "files.getUploadURLExternal": files.get_upload_url_external,
    "conversations.setTopic": conversations.set_topic,
    "usergroups.list": members.usergroups_list,
    "usergroups.users.list": members.usergroups_users,
    "usergroups.users.update": members.usergroups_update,
    "users.info": members.info,
    "users.list": members.list_all,
    "views.open": views.open_modal,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}

APP_TOKEN_METHODS = frozenset({"apps.connections.open"})
"""Methods that want the app-level token; all others want the bot's."""

PACED_METHODS = frozenset({"chat.postMessage", "chat.postEphemeral"})
"""Methods under the limit of one message a second a channel."""
