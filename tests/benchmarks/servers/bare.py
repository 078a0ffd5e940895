"""The floor of any Python server: aiohttp that checks the signature and does nothing else. Arguments: port."""

from __future__ import annotations

import hmac
import sys

from aiohttp import web

from tests.benchmarks import mails


async def receive(request: web.Request) -> web.Response:
    digest = hmac.digest(mails.SECRET.encode(), await request.read(), "sha256").hex()
    is_valid = hmac.compare_digest(digest, request.headers["X-Signature"])
    return web.json_response({"status": "accepted"}, status=200 if is_valid else 401)


if __name__ == "__main__":
    application = web.Application()
    application.add_routes([web.post("/webhooks/{source}", receive)])
    web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
