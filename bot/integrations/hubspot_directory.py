"""Contacts of HubSpot (https://developers.hubspot.com/docs/api/crm/search)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from bot.errors import PermanentError
from bot.integrations import directory_records
from bot.integrations.json_api import JsonApi

if TYPE_CHECKING:
    from bot.config_directory import HubSpotDirectory
    from routing.requester import Attribute, Requester

_FIRST_NAME, _LAST_NAME = "firstname", "lastname"


class _Contact(BaseModel):
    properties: dict[str, str | None]


class _Found(BaseModel):
    results: list[_Contact]


class HubSpotRequesterDirectory:
    """A RequesterDirectory; `token` is that of a private app with the scope `crm.objects.contacts.read`."""

    def __init__(self, config: HubSpotDirectory, *, token: str) -> None:
        self._api = JsonApi(config.url)
        self._names = config.names()
        self._token = token

    async def look_up(self, address: str) -> Requester | None:
        asked = {"propertyName": "email", "operator": "EQ", "value": address}
        body = {
            "filterGroups": [{"filters": [asked]}],
            "properties": [_FIRST_NAME, _LAST_NAME, *self._names.values()],
            "limit": 1,
        }
        answer = await self._api.ask("POST", "/crm/v3/objects/contacts/search", bearer=self._token, body=body)
        try:
            results = _Found.model_validate(answer).results
        except ValidationError as error:
            raise PermanentError("it answered something else than contacts") from error
        return self._requester(results[0]) if results else None

    def _requester(self, contact: _Contact) -> Requester:
        properties = {name: value for name, value in contact.properties.items() if value}
        parts = (properties.get(_FIRST_NAME), properties.get(_LAST_NAME))
        record: dict[str, Attribute] = {"name": " ".join(filter(None, parts))}
        for field, name in self._names.items():
            value = properties.get(name, "")
            record[field] = value if field in directory_records.OWN else directory_records.typed(value)
        return directory_records.read(record, {field: field for field in record})

    async def close(self) -> None:
        await self._api.close()
