"""The process is killed while it writes to all requesters of an incident: nobody gets the mail twice, none is lost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from blocks.ids import Action
from tests.acceptance import outages
from tests.acceptance.process import DeskProcess
from tests.acceptance.seen import drained, eventually
from tests.desk import ANA, SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

TEXT = "The checkout is down; we are on it."
CUSTOMERS = 12


@pytest.fixture
async def process(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[DeskProcess]:
    shipped = SUPPORT_YAML.read_text(encoding="utf-8")
    config = tmp_path / "support.yaml"
    config.write_text(
        shipped.replace("tickets: 20", "tickets: 3").replace("digest_every: 20s", "digest_every: 5s")
    )
    process = DeskProcess(sandbox, tmp_path, DESKBELL_CONFIG=str(config))
    await process.start()
    yield process
    await process.close()


def updated(desk: Desk) -> Counter[str]:
    """How many updates each customer has."""
    mails = (mail for mail in desk.inbox() if TEXT in mail["text"])
    return Counter(mail["to"] for mail in mails)


async def states(desk: Desk) -> dict[str, int]:
    async with desk.storage.reading() as uow:
        progress = await uow.incident_mails.progress(1)
    return {str(state): count for (state, _), count in progress.items()}


async def test_each_customer_has_the_update_once_or_it_is_told_that_nobody_knows(
    process: DeskProcess,
) -> None:
    desk = process.desk
    for number in range(1, CUSTOMERS + 1):
        await outages.deliver(desk, number)
    await drained(desk)
    await desk.open_modal(ANA, await outages.card(desk), Action.INCIDENT_UPDATE)
    await desk.submit(ANA, body=TEXT)
    view = desk.modal(ANA)
    assert view is not None
    await desk.sandbox.submissions.submit(user_id=ANA, view_id=view["id"], values={})
    for seen in (1, 5):
        await eventually(lambda seen=seen: len(updated(desk)) >= seen)
        await process.kill()
        await process.start()
    await drained(desk)
    counts = await states(desk)
    assert set(counts) <= {"sent", "unclear"}
    assert sum(counts.values()) == CUSTOMERS
    assert set(updated(desk).values()) == {1}
    assert counts["sent"] <= len(updated(desk)) <= CUSTOMERS
