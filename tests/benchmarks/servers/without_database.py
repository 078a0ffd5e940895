"""All that Deskbell does with a webhook but the write. Arguments: port."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aiohttp import web

from bot.clock import utc_now
from bot.intake.providers import PROVIDERS
from bot.integrations.vendors import HttpVendor
from bot.telemetry import Metrics, configure_logging
from bot.web import webhooks
from storage.received import Receipt
from tests.benchmarks import mails

if TYPE_CHECKING:
    from storage.received import ReceivedEmail


class Forgetful:
    """An EmailWriter that answers at once."""

    async def start(self) -> None:
        """Nothing to open."""

    async def remember(self, email: ReceivedEmail) -> Receipt:
        return Receipt(email.trace_id, is_duplicate=False)

    async def close(self) -> None:
        """Nothing to close."""


if __name__ == "__main__":
    configure_logging("info")
    source = webhooks.WebhookSource(
        name="mailparse", tenant="acme", provider=PROVIDERS["mailparse"], secrets=(mails.SECRET,)
    )
    application = web.Application()
    application.add_routes(
        webhooks.routes(
            {source.name: source},
            writer=Forgetful(),
            metrics=Metrics(),
            clock=utc_now,
            vendor=HttpVendor(largest=0),  # never asked: the mail is complete
        )
    )
    web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
