"""Log lines as whoever collects them sees them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from bot import telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _own_configuration() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def line(capsys: pytest.CaptureFixture[str], **fields: Any) -> dict[str, Any]:
    telemetry.configure_logging("info")
    structlog.get_logger().info("mail_received", **fields)
    shown: dict[str, Any] = json.loads(capsys.readouterr().err)
    return shown


def test_a_line_is_json_with_its_event_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    shown = line(capsys, trace_id="t1")
    assert shown.pop("timestamp").endswith("Z")
    assert shown == {"event": "mail_received", "level": "info", "trace_id": "t1"}


def test_addresses_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    assert line(capsys, error="550 <maria@customer.example>")["error"] == "550 <m***@c***.example>"


@pytest.mark.parametrize(
    "value", ["half a pair: \ud800", {1, 2}, object()], ids=["surrogate", "set", "object"]
)
def test_no_value_can_prevent_a_line(capsys: pytest.CaptureFixture[str], value: Any) -> None:
    assert line(capsys, value=value)["event"] == "mail_received"
