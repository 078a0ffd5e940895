"""The manifest and the code ask Slack for the same things: nothing is missing, nothing is too much."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from blocks.ids import Action, Callback
from bot import listeners

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent
MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))

# The scopes that each method of the Web API wants (docs.slack.dev/reference/methods), for public and private
# channels and direct messages where it reads them.
_HISTORY = {"channels:history", "groups:history", "im:history"}
_FAMILIES = "auth|bots|chat|conversations|files|pins|reactions|team|usergroups|users|views"
_SCOPES = {
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_create": {"channels:manage"},
    "conversations_history": _HISTORY,
    "conversations_invite": {"channels:manage"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "conversations_replies": _HISTORY,
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "usergroups_list": {"usergroups:read"},
    "conversations_setTopic": {"channels:manage"},
    "usergroups_users_list": {"usergroups:read"},
    "usergroups_users_update": {"usergroups:write"},
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}


class _Recorder:
    """Takes the place of Bolt's app while listeners are bound."""

    def __init__(self) -> None:
        self.bound: dict[str, set[str]] = {}

    def middleware(self, listener: Callable[..., Any]) -> Callable[..., Any]:
        return listener

    def __getattr__(self, kind: str) -> Callable[[str], Callable[[Any], Any]]:
        def bind(name: str) -> Callable[[Any], Any]:
            self.bound.setdefault(kind, set()).add(name)
            return lambda listener: listener

        return bind


def _bound() -> dict[str, set[str]]:
    recorder = _Recorder()
    listeners.register(recorder, None)  # type: ignore[arg-type] # nothing is called
    return recorder.bound


def test_every_command_and_event_is_bound_and_the_reverse() -> None:
    bound = _bound()
    assert bound["command"] == {entry["command"] for entry in MANIFEST["features"]["slash_commands"]}
    assert bound["event"] == set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    assert set(bound) == {"action", "command", "event", "view"}


def test_every_button_and_modal_has_a_listener_and_the_reverse() -> None:
    bound = _bound()
    assert bound["action"] == set(Action)
    assert bound["view"] == set(Callback)


def test_scopes_are_those_of_the_methods_that_are_called() -> None:
    sources = [path for path in (ROOT / "bot").rglob("*.py") if "sandbox" not in path.parts]
    called = {
        method
        for path in sources
        for method in re.findall(rf"client\.((?:{_FAMILIES})_[A-Za-z_]+)\(", path.read_text(encoding="utf-8"))
    }
    assert called == set(_SCOPES)
    wanted = set().union(*(_SCOPES[method] for method in called)) | {"commands"}
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == wanted


def test_the_home_tab_and_interactivity_are_switched_on() -> None:
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"]
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]


def test_requests_go_to_the_address_that_the_program_serves() -> None:
    urls = {
        *(entry["url"] for entry in MANIFEST["features"]["slash_commands"]),
        MANIFEST["settings"]["event_subscriptions"]["request_url"],
        MANIFEST["settings"]["interactivity"]["request_url"],
    }
    assert {url.removeprefix("https://deskbell.example.com") for url in urls} == {"/slack/events"}
