"""A tiny run of every benchmark, so that they still work on the day when they are needed."""

from __future__ import annotations

import pytest

from bot.bench import table
from tests.benchmarks import sizes
from tests.benchmarks.registry import BENCHMARKS


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_figure_is_measured_beside_its_floor(name: str) -> None:
    rows = list(BENCHMARKS[name](sizes.SMALL))
    assert rows
    assert all(row.floor and row.ratio for row in rows)
    assert rows[-1].name in table.render(rows)
