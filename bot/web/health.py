"""`/healthz`, `/readyz` and `/metrics`: what a supervisor, a load balancer and Prometheus ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from prometheus_client import CollectorRegistry

    Ready = Callable[[], Awaitable[Mapping[str, str]]]


def routes(*, ready: Ready, registry: CollectorRegistry) -> list[web.RouteDef]:
    """`ready` names what this process depends on, each with what is wrong, or `ok`.

    `ok (...)` tells of a trouble that another process would have as well, so that this one stays in service.
    """

    async def healthz(_: web.Request) -> web.Response:
        # Checks nothing: a supervisor that restarts us because the database is down makes it worse.
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.Response:
        checks = await ready()
        is_ready = all(problem == "ok" or problem.startswith("ok (") for problem in checks.values())
        answer = {"status": "ok" if is_ready else "unavailable", "checks": dict(checks)}
        return web.json_response(answer, status=200 if is_ready else 503)

    async def metrics(_: web.Request) -> web.Response:
        await ready()  # it counts what the gauges show
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]
