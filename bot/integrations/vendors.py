"""HTTP to the vendors that send our mail in, for what their webhooks do not carry."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from bot.intake.interfaces import VendorUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx


class HttpVendor:
    """See `bot.intake.interfaces.Vendor`.

    Args:
        largest: bytes of an answer that are still read.
    """

    def __init__(self, *, largest: int) -> None:
        self._largest = largest

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        from bot import http_client  # noqa: PLC0415 - it is large, and few desks need it

        return http_client.create()

    async def get(self, url: str, *, bearer: str | None = None) -> bytes:
        """See `Vendor.get`."""
        from httpx import HTTPError  # noqa: PLC0415 - as above

        try:
            return await self._get(url, {"Authorization": f"Bearer {bearer}"} if bearer else {})
        except HTTPError as error:
            raise VendorUnavailableError(str(error) or type(error).__name__) from error

    async def _get(self, url: str, headers: Mapping[str, str]) -> bytes:
        body = bytearray()
        async with self._http.stream("GET", url, headers=headers) as answer:
            if not answer.is_success:
                raise VendorUnavailableError(f"{answer.url.host} answered {answer.status_code}")
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > self._largest:
                    raise VendorUnavailableError(f"{answer.url.host} answered with too many bytes")
        return bytes(body)

    async def close(self) -> None:
        """See `Vendor.close`."""
        if "_http" in self.__dict__:
            await self._http.aclose()
