"""PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/events-api-v2-overview)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.errors import PermanentError
from bot.integrations import pager_api
from bot.integrations.pager_api import PagerApi
from routing.decision import Priority

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from bot.config_pagers import PagerDuty
    from bot.integrations.interfaces import PageCall

_LONGEST_SUMMARY: Final = 1024
_SEVERITIES: Final = {
    Priority.LOW: "info",
    Priority.NORMAL: "warning",
    Priority.HIGH: "error",
    Priority.URGENT: "critical",
}


class PagerDutyPager:
    """A Pager; `secret` is the integration key of a service, `routing_key` in its API."""

    def __init__(
        self,
        config: PagerDuty,
        *,
        secret: str,
        secret_name: str,
        patience: timedelta = pager_api.PATIENCE,
    ) -> None:
        self._api = PagerApi(config.url, secret_name=secret_name, patience=patience)
        self._secret = secret
        self._secret_name = secret_name

    async def trigger(self, call: PageCall) -> None:
        payload = {
            "summary": pager_api.cut(call.summary, _LONGEST_SUMMARY),
            "severity": _SEVERITIES[call.severity],
            "source": call.source,
            "custom_details": dict(call.details),
        }
        links = [{"href": call.link, "text": "The ticket in Deskbell"}]
        await self._send(
            "trigger", call.dedup_key, {"payload": payload, "links": links, "client": "Deskbell"}
        )

    async def acknowledge(self, dedup_key: str, *, by: str) -> None:
        del by  # the API has no place for a name
        await self._send("acknowledge", dedup_key, {})

    async def resolve(self, dedup_key: str) -> None:
        await self._send("resolve", dedup_key, {})

    async def close(self) -> None:
        await self._api.close()

    async def _send(self, action: str, dedup_key: str, rest: Mapping[str, Any]) -> None:
        event = {"routing_key": self._secret, "event_action": action, "dedup_key": dedup_key, **rest}
        try:
            await self._api.post(pager_api.body(event), path="/v2/enqueue")
        except PermanentError as error:
            # Its only word for a wrong key is 400, "invalid event".
            raise PermanentError(f"{error}; is {self._secret_name} the key of an integration?") from error
