"""A webhook of the team's own as a Pager, signed as Standard Webhooks asks for.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.errors import SettingsError
from bot.intake import signature
from bot.integrations import pager_api
from bot.integrations.pager_api import PagerApi

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from bot.clock import Clock
    from bot.config_pagers import WebhookTarget
    from bot.integrations.interfaces import PageCall


class WebhookPager:
    """A Pager; `secret` is the key of the signature: `whsec_<base64>`, or any other text.

    Raises:
        SettingsError: what stands behind `whsec_` is no base64.
    """

    def __init__(
        self,
        config: WebhookTarget,
        *,
        secret: str,
        secret_name: str,
        clock: Clock,
        patience: timedelta = pager_api.PATIENCE,
    ) -> None:
        try:
            signature.key(secret)
        except ValueError:
            raise SettingsError(f"{secret_name}: write base64 behind whsec_, or another text") from None
        self._api = PagerApi(config.url, secret_name=secret_name, patience=patience)
        self._secret = secret
        self._clock = clock

    async def trigger(self, call: PageCall) -> None:
        await self._send(
            "page.trigger",
            call.dedup_key,
            str(call.number),
            {
                "number": call.number,
                "summary": call.summary,
                "severity": call.severity.value,
                "source": call.source,
                "link": call.link,
                "details": dict(call.details),
            },
        )

    async def acknowledge(self, dedup_key: str, *, by: str) -> None:
        await self._send("page.acknowledge", dedup_key, by, {"by": by})

    async def resolve(self, dedup_key: str) -> None:
        await self._send("page.resolve", dedup_key, "", {})

    async def close(self) -> None:
        await self._api.close()

    async def _send(self, event: str, dedup_key: str, which: str, rest: Mapping[str, object]) -> None:
        raw = pager_api.body({"event": event, "dedup_key": dedup_key, **rest})
        headers = signature.sign(
            raw, delivery_id=_delivery_id(event, dedup_key, which), secret=self._secret, now=self._clock()
        )
        await self._api.post(raw, headers=headers)


def _delivery_id(event: str, dedup_key: str, which: str) -> str:
    """The same whenever the same is said, so that a receiver knows a repetition; the words may have changed."""
    digest = hashlib.sha256(f"{event}\n{dedup_key}\n{which}".encode()).hexdigest()
    return f"msg_{digest[:32]}"
