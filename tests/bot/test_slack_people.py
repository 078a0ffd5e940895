"""Slack is asked who is behind the ids of support.yaml, and who is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import config as config_module
from bot import slack_people
from bot.integrations.slack import SlackWorkspace
from tests import desk as desk_module

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox


async def test_names_members_and_whoever_is_gone(sandbox: Sandbox, tmp_path: Path) -> None:
    workspace = SlackWorkspace.from_settings(desk_module.settings(sandbox, tmp_path))
    found = await slack_people.ask(workspace, ["U0ANA", "U0GHOST", "S0ONCALL", "S0GHOST", "#tech", "on_call"])
    assert found.name("U0ANA") == "Ana Ferreira"
    assert found.name("#tech") == "#tech"
    assert found.name("S0ONCALL").startswith("@")
    assert found.members["S0ONCALL"]
    assert found.gone == {
        "U0GHOST": "there is no such person in Slack",
        "S0GHOST": "there is no such user group",
    }


def test_everybody_whom_an_escalation_may_call_is_asked_about() -> None:
    named = slack_people.named(config_module.load(desk_module.SUPPORT_YAML))
    assert {"U0ONCALL", "S0ONCALL", "U0ANA"} <= named
