"""Customers behind an HTTP endpoint of the team's own: `GET {url}?email=` gives a JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import PermanentError
from bot.integrations import directory_records
from bot.integrations.json_api import JsonApi

if TYPE_CHECKING:
    from bot.config_directory import HttpDirectory
    from routing.requester import Requester


class HttpRequesterDirectory:
    """A RequesterDirectory. 404, 204 or `null` is a stranger; `token` goes along as a bearer token."""

    def __init__(self, config: HttpDirectory, *, token: str | None) -> None:
        self._api = JsonApi(config.url)
        self._names = config.names()
        self._token = token

    async def look_up(self, address: str) -> Requester | None:
        found = await self._api.ask("GET", bearer=self._token, query={"email": address}, absent={404})
        if found is None:
            return None
        if not isinstance(found, dict):
            raise PermanentError("it answered something else than an object")
        return directory_records.read(found, self._names)

    async def close(self) -> None:
        await self._api.close()
