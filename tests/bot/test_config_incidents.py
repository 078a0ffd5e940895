"""When incidents open is configured, with values that need no words, and mistakes that are told with their line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot import config
from bot.config_incidents import Incidents
from tests.bot.test_config import MINIMAL
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from bot.config import SupportConfig


def load(incidents: str) -> SupportConfig:
    return config.parse(f"{MINIMAL}incidents: {incidents}\n", name="test")


def test_the_shipped_desk_says_what_stands_there_anyway() -> None:
    assert config.load(SUPPORT_YAML).incidents == Incidents() == load("{}").incidents


def test_a_desk_without_storms() -> None:
    assert load("{storm: null}").incidents.storm is None
    chosen = load("{storm: {tickets: 5}, digest_every: 30s}").incidents
    assert chosen.storm
    assert (chosen.storm.tickets, chosen.storm.within) == (5, timedelta(minutes=5))
    assert chosen.digest_every == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("incidents", "problem"),
    [
        ("{storm: {tickets: 0}}", "greater than or equal to 1"),
        ("{digest_every: 1s}", "must be 5s at least"),
        ("{without_queues: [nowhere]}", "no queue is called 'nowhere'; there are triage"),
        ("{join: 5m}", "did you mean join_for?"),
    ],
)
def test_a_mistake_is_told(incidents: str, problem: str) -> None:
    with pytest.raises(config.ConfigError) as caught:
        load(incidents)
    assert problem in str(caught.value)
