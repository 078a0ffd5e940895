"""What supervisors and Prometheus are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, Counter

from bot.web import health

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    Client = TestClient[web.Request, web.Application]


@pytest.fixture
def checks() -> dict[str, str]:
    return {"database": "ok", "slack": "ok"}


@pytest.fixture
async def client(checks: dict[str, str]) -> AsyncIterator[Client]:
    async def ready() -> Mapping[str, str]:
        return checks

    registry = CollectorRegistry()
    Counter("mails", "Mails received.", registry=registry).inc(3)
    app = web.Application()
    app.add_routes(health.routes(ready=ready, registry=registry))
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_a_process_that_lost_its_database_is_alive_and_not_ready(
    client: Client, checks: dict[str, str]
) -> None:
    checks["database"] = "connection refused"
    assert (await client.get("/healthz")).status == 200
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert await answer.json() == {
        "status": "unavailable",
        "checks": {"database": "connection refused", "slack": "ok"},
    }


async def test_a_process_is_ready_when_every_check_is_ok(client: Client) -> None:
    answer = await client.get("/readyz")
    assert answer.status == 200
    assert (await answer.json())["status"] == "ok"


async def test_what_ails_the_other_side_is_told_and_keeps_the_process_in_service(
    client: Client, checks: dict[str, str]
) -> None:
    checks["slack"] = "ok (paused: it does not answer)"
    answer = await client.get("/readyz")
    assert answer.status == 200
    assert (await answer.json())["checks"]["slack"] == "ok (paused: it does not answer)"
    checks["slack"] = "okay not"
    assert (await client.get("/readyz")).status == 503


async def test_metrics_are_in_the_format_of_prometheus(client: Client) -> None:
    answer = await client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert "mails_total 3.0" in await answer.text()
