"""Contacts of Salesforce, by a query in SOQL.

The query: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
The token: the OAuth 2.0 client credentials flow of an external client app.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from bot.errors import PermanentError, SettingsError
from bot.integrations import directory_records
from bot.integrations.json_api import JsonApi

if TYPE_CHECKING:
    from bot.config_directory import SalesforceDirectory
    from routing.requester import Requester

_VERSION = "v63.0"
_ESCAPES = str.maketrans({"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
"""Of a quoted text in SOQL; the query is one text, without parameters."""


class _Token(BaseModel):
    access_token: str


class _Found(BaseModel):
    records: list[dict[str, Any]]


class SalesforceRequesterDirectory:
    """A RequesterDirectory; `login` is the `key:secret` of an external client app.

    Raises:
        SettingsError: the login is not written like that.
    """

    def __init__(self, config: SalesforceDirectory, *, login: str) -> None:
        self._api = JsonApi(config.url)
        self._names = config.names()
        self._key, colon, self._secret = login.partition(":")
        if not (self._key and colon and self._secret):
            raise SettingsError(
                "DESKBELL_DIRECTORY_SECRET: write it as key:secret of the external client app"
            )
        self._token: str | None = None
        self._signing_in = asyncio.Lock()

    async def look_up(self, address: str) -> Requester | None:
        answer = await self._ask(self._query(address))
        try:
            records = _Found.model_validate(answer).records
        except ValidationError as error:
            raise PermanentError("it answered something else than records") from error
        return directory_records.read(records[0], self._names) if records else None

    def _query(self, address: str) -> str:
        wanted = ", ".join(dict.fromkeys(self._names.values()))
        quoted = address.translate(_ESCAPES)
        return f"SELECT {wanted} FROM Contact WHERE Email = '{quoted}' ORDER BY LastModifiedDate DESC LIMIT 1"  # noqa: S608 - SOQL knows no parameters

    async def _ask(self, query: str) -> Any:
        """A token lives for some hours: one that is refused is asked for anew, once."""
        path, asked = f"/services/data/{_VERSION}/query", {"q": query}
        token = self._token
        if token:
            answer = await self._api.ask("GET", path, bearer=token, query=asked, absent={401})
            if answer is not None:
                return answer
        token = await self._other_than(token)
        return await self._api.ask("GET", path, bearer=token, query=asked)

    async def _other_than(self, refused: str | None) -> str:
        """A token that was not refused: of several who need one, the first asks for it."""
        async with self._signing_in:
            if self._token is None or self._token == refused:
                self._token = await self._sign_in()
            return self._token

    async def _sign_in(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._key,
            "client_secret": self._secret,
        }
        answer = await self._api.ask("POST", "/services/oauth2/token", form=form)
        try:
            return _Token.model_validate(answer).access_token
        except ValidationError as error:
            raise PermanentError("it gave no token") from error

    async def close(self) -> None:
        await self._api.close()
