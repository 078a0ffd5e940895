"""What a delivery becomes before it is remembered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.intake import received

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_trace_ids_are_hex_and_sort_by_arrival() -> None:
    ids = [received.new_trace_id(NOW + timedelta(milliseconds=passed)) for passed in range(50)]
    assert ids == sorted(ids)
    assert all(len(bytes.fromhex(trace_id)) == 16 for trace_id in ids)


def test_trace_ids_of_one_moment_differ() -> None:
    assert len({received.new_trace_id(NOW) for _ in range(1000)}) == 1000
