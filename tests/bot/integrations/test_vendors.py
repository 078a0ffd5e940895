"""What is asked of a vendor over HTTP."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.intake.interfaces import VendorUnavailableError
from bot.integrations.vendors import HttpVendor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LARGEST = 1000


async def _token(request: web.Request) -> web.Response:
    return web.Response(text=request.headers.get("Authorization", "none"))


async def _sized(request: web.Request) -> web.Response:
    return web.Response(body=b"x" * int(request.match_info["size"]))


async def _status(request: web.Request) -> web.Response:
    return web.Response(status=int(request.match_info["status"]), headers={"Location": "/token"})


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """A vendor on loopback."""
    app = web.Application()
    app.add_routes(
        [web.get("/token", _token), web.get("/sized/{size}", _sized), web.get("/status/{status}", _status)]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def vendor() -> AsyncIterator[HttpVendor]:
    vendor = HttpVendor(largest=LARGEST)
    yield vendor
    await vendor.close()


async def test_the_key_goes_along_only_when_it_is_given(vendor: HttpVendor) -> None:
    async with serving() as url:
        assert await vendor.get(f"{url}/token") == b"none"
        assert await vendor.get(f"{url}/token", bearer="re_1") == b"Bearer re_1"


async def test_an_answer_is_read_up_to_its_limit(vendor: HttpVendor) -> None:
    async with serving() as url:
        assert len(await vendor.get(f"{url}/sized/{LARGEST}")) == LARGEST
        with pytest.raises(VendorUnavailableError, match="too many bytes"):
            await vendor.get(f"{url}/sized/{LARGEST + 1}")


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_no_redirect_is_followed_and_no_error_is_an_answer(vendor: HttpVendor, status: int) -> None:
    async with serving() as url:
        with pytest.raises(VendorUnavailableError, match=f"127.0.0.1 answered {status}"):
            await vendor.get(f"{url}/status/{status}", bearer="re_1")


async def test_a_vendor_that_is_away_is_unavailable(vendor: HttpVendor) -> None:
    async with serving() as url:
        pass
    with pytest.raises(VendorUnavailableError):
        await vendor.get(url)


async def test_what_never_asked_has_nothing_to_close() -> None:
    await HttpVendor(largest=LARGEST).close()
