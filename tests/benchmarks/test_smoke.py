"""A tiny run of every benchmark, so that they still work on the day when they are needed."""

from __future__ import annotations

from tests.benchmarks import computing, footprint, matching, replaying, table, throughput


def test_every_figure_is_measured_beside_its_floor() -> None:
    rows = [
        *throughput.rows(rounds=1, seconds=0.05),
        *footprint.rows(mail_count=200),
        *computing.rows(runs=2),
        *matching.rows(runs=2),
        *replaying.rows(mail_count=40),
    ]
    shown = table.render(rows)
    assert len(rows) == 22
    assert all(row.floor and row.ratio for row in rows)
    assert "deskbell: webhooks/s at 64 connections" in shown
