"""A stand-in for systems that know a team's customers: an endpoint, HubSpot and Salesforce on one server."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOKEN = "token-of-the-directory"
LOGIN = "key-of-the-app:secret-of-the-app"
_SOQL = re.compile(
    r"SELECT (?P<fields>[\w., ]+) FROM Contact WHERE Email = '(?P<email>(?:[^'\\]|\\.)*)'"
    r" ORDER BY LastModifiedDate DESC LIMIT 1"
)


class CustomerApis:
    """Three APIs over the same customers, which are kept by address."""

    def __init__(self) -> None:
        self.url = ""
        self.customers: dict[str, dict[str, Any]] = {}
        """As each API has them: an object, properties, or fields of Salesforce."""
        self.asked: list[str] = []
        """Every address that was asked for."""
        self.sign_ins = 0
        self.troubles: list[web.StreamResponse] = []
        """Answers that are given first, one each, whatever is asked."""

    async def endpoint(self, request: web.Request) -> web.Response:
        """The team's own: `GET /customers?email=`."""
        found = self._find(request.query["email"])
        return web.json_response(found) if found else web.Response(status=404)

    async def hubspot(self, request: web.Request) -> web.Response:
        """`POST /crm/v3/objects/contacts/search`: only the properties that were asked for, null where empty."""
        body = await request.json()
        (group,) = body["filterGroups"]
        (asked,) = group["filters"]
        assert (asked["propertyName"], asked["operator"]) == ("email", "EQ")
        found = self._find(asked["value"])
        results = []
        if found:
            properties = {name: found.get(name) for name in ("hs_object_id", *body["properties"])}
            results.append({"id": "100451", "properties": properties, "archived": False})
        return web.json_response({"total": len(results), "results": results})

    async def sign_in(self, request: web.Request) -> web.Response:
        """`POST /services/oauth2/token`: each token ends the one before."""
        form = await request.post()
        login = f"{form['client_id']}:{form['client_secret']}"
        if (form["grant_type"], login) != ("client_credentials", LOGIN):
            return web.json_response({"error": "invalid_client"}, status=400)
        self.sign_ins += 1
        return web.json_response({"access_token": self.salesforce_token, "instance_url": self.url})

    @property
    def salesforce_token(self) -> str:
        return f"session-{self.sign_ins}"

    async def salesforce(self, request: web.Request) -> web.Response:
        """`GET /services/data/v63.0/query?q=`: a query that it does not understand is malformed."""
        query = _SOQL.fullmatch(request.query["q"])
        if query is None:
            return web.json_response([{"errorCode": "MALFORMED_QUERY"}], status=400)
        found = self._find(re.sub(r"\\(.)", r"\1", query["email"]))
        records = [{"attributes": {"type": "Contact"}} | found] if found else []
        return web.json_response({"totalSize": len(records), "done": True, "records": records})

    def _find(self, address: str) -> dict[str, Any] | None:
        self.asked.append(address)
        return self.customers.get(address)

    @web.middleware
    async def guarded(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Trouble first; then who asks."""
        if self.troubles:
            return self.troubles.pop(0)
        if request.path == "/services/oauth2/token":
            return await handler(request)
        token = self.salesforce_token if request.path.startswith("/services") else TOKEN
        if request.headers.get("Authorization") != f"Bearer {token}":
            return web.json_response([{"errorCode": "INVALID_SESSION_ID"}], status=401)
        return await handler(request)


@asynccontextmanager
async def running() -> AsyncIterator[CustomerApis]:
    """A stand-in that listens."""
    apis = CustomerApis()
    application = web.Application(middlewares=[apis.guarded])
    application.add_routes(
        [
            web.get("/customers", apis.endpoint),
            web.post("/crm/v3/objects/contacts/search", apis.hubspot),
            web.post("/services/oauth2/token", apis.sign_in),
            web.get("/services/data/v63.0/query", apis.salesforce),
        ]
    )
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    apis.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield apis
    finally:
        await runner.cleanup()
