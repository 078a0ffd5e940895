"""Sixty mails of one outage in seconds, at Slack's pace of one message a second a channel: nothing is flooded."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests import desk as desk_module
from tests.acceptance import outages
from tests.benchmarks import burst

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.desk import Desk

MAILS = 60


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with (
        desk_module.sandboxed(tmp_path / "sandbox", rate_limited=True) as sandbox,
        outages.running(sandbox, tmp_path, digest_every=timedelta(seconds=2)) as desk,
    ):
        yield desk


async def test_every_mail_has_its_ticket_and_slack_a_handful_of_messages(desk: Desk) -> None:
    seen = await burst.measure(desk, mails=MAILS, seconds=1)
    assert (seen.stored, seen.acknowledged) == (MAILS, MAILS)
    assert (seen.incident_cards, seen.pages) == (1, 1)
    # Three cards of before the storm, the incident's, two copies of the page, and some digests.
    assert seen.calls.total() < MAILS / 2
