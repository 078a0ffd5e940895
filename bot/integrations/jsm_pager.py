"""Alerts of Jira Service Management Operations, and of Opsgenie, whose API it has kept.

https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v1/api-group-integration-events/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from bot.errors import SettingsError
from bot.integrations import pager_api
from bot.integrations.pager_api import PagerApi
from routing.decision import Priority

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from bot.config_pagers import JsmOperations
    from bot.integrations.interfaces import PageCall

_LONGEST_MESSAGE, _LONGEST_DESCRIPTION, _LONGEST_SOURCE, _LONGEST_USER = 130, 15_000, 100, 100
_SOURCE: Final = "Deskbell"
_PRIORITIES: Final = {
    Priority.LOW: "P4",
    Priority.NORMAL: "P3",
    Priority.HIGH: "P2",
    Priority.URGENT: "P1",
}


class JsmPager:
    """A Pager; `secret` is the key of an API integration.

    202 says that a request waits to be worked on, in the order in which they came.

    Raises:
        SettingsError: the secret cannot be a key.
    """

    def __init__(
        self,
        config: JsmOperations,
        *,
        secret: str,
        secret_name: str,
        patience: timedelta = pager_api.PATIENCE,
    ) -> None:
        if not (secret.isascii() and secret.isprintable()):
            raise SettingsError(f"{secret_name}: a key has letters, digits and hyphens only")
        self._api = PagerApi(config.url, secret_name=secret_name, patience=patience)
        self._headers = {"Authorization": f"GenieKey {secret}"}

    async def trigger(self, call: PageCall) -> None:
        alert = {
            "message": pager_api.cut(call.summary, _LONGEST_MESSAGE),
            "alias": _alias(call.dedup_key),
            "description": pager_api.cut(f"{call.summary}\n\n{call.link}", _LONGEST_DESCRIPTION),
            "priority": _PRIORITIES[call.severity],
            "source": pager_api.cut(call.source, _LONGEST_SOURCE),
            "details": {**call.details, "link": call.link},
        }
        await self._post("/v2/alerts", alert)

    async def acknowledge(self, dedup_key: str, *, by: str) -> None:
        await self._post(
            _path(dedup_key, "acknowledge"),
            {"source": _SOURCE, "user": pager_api.cut(by, _LONGEST_USER), "note": f"Taken by {by} in Slack."},
        )

    async def resolve(self, dedup_key: str) -> None:
        await self._post(_path(dedup_key, "close"), {"source": _SOURCE})

    async def close(self) -> None:
        await self._api.close()

    async def _post(self, path: str, value: Mapping[str, object]) -> None:
        await self._api.post(pager_api.body(value), path=path, headers=self._headers)


def _alias(dedup_key: str) -> str:
    """The alias stands in a path, where many servers refuse a slash even as `%2F`."""
    return dedup_key.replace("/", ".")


def _path(dedup_key: str, action: str) -> str:
    return f"/v2/alerts/{quote(_alias(dedup_key), safe='')}/{action}?identifierType=alias"
