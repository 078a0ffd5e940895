"""README, .env.example and the program agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot import config_pagers
from bot.cli import app
from bot.config import Desk
from bot.intake.providers import PROVIDERS
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ENV_EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_every_setting_is_explained(name: str) -> None:
    assert f"`{name}" in README
    assert re.search(rf"^(# )?{name}", ENV_EXAMPLE, re.MULTILINE)


def test_no_setting_is_explained_that_does_not_exist() -> None:
    named = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", ENV_EXAMPLE, re.MULTILINE)
    known = {name.upper() for name in Settings.model_fields}
    assert {name.partition("__")[0] for name in named} <= known


def test_every_command_is_named() -> None:
    for name in get_command(app).commands:  # type: ignore[attr-defined] # a group has commands
        assert f"deskbell {name}" in README


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_is_explained(provider: str) -> None:
    assert f"| `{provider}` |" in README


@pytest.mark.parametrize("kind", config_pagers.KINDS)
def test_every_kind_of_pager_is_explained(kind: str) -> None:
    assert f"| `{kind}` | `url`" in README


def test_every_link_leads_to_a_file() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_grace_period_is_the_one_of_the_program() -> None:
    assert Desk.model_fields["reopen_within"].default.days == 7
    assert "within seven days" in README
