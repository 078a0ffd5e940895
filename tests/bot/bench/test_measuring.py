from __future__ import annotations

from typing import TYPE_CHECKING

from bot import config
from bot.bench import measuring
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_report_has_ingest_triage_and_outbox_beside_their_floors(tmp_path: Path) -> None:
    told: list[str] = []
    url = f"sqlite+aiosqlite:///{tmp_path / 'deskbell.db'}"
    report = await measuring.measure(
        url, config.load(SUPPORT_YAML), tell=told.append, rounds=1, seconds=0.001
    )
    assert {row.name.partition(",")[0] for row in report.rows} == {
        "ingest",
        "triage",
        "outbox",
        "stored and routed",
    }
    assert all(row.value and row.floor for row in report.rows)
    assert report.per_second == report.rows[-1].value
    assert "SQLite" in report.machine
    assert len(told) == 1
