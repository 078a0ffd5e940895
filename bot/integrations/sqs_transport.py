"""Hints over Amazon SQS, or what speaks like it: a standard queue, and one for dead letters behind its redrive policy.

The order is the database's business, so the queue need not keep one.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError

from bot.errors import PermanentError, TransientError
from bot.integrations import hint_messages
from bot.integrations.interfaces import Delivery
from bot.telemetry import log

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence

    from storage.hints import Hint

_BATCH = 10
"""As many as one call may carry."""
_WAIT_SECONDS = 20
"""Long polling: the longest that SQS holds a call open."""
_INVISIBLE_SECONDS = 120
"""Longer than a lease: what comes again before would find the entry still leased."""
_RECEIVE_LIMIT = 10
"""How often a hint comes whose worker is lost each time; the entry has its own count in the database."""
_MISSING = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_REFUSED = ("AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "SignatureDoesNotMatch")


class SqsTransport:
    """The Transport of `sqs://REGION/QUEUE`; the login is that of every AWS program (AWS_ACCESS_KEY_ID, a role ...)."""

    name = "SQS"

    def __init__(self, url: str) -> None:
        """Raises ValueError where the URL does not name a region and a queue."""
        parts = urlsplit(url)
        self._region, self._queue = parts.hostname or "", parts.path.strip("/")
        if not self._queue or "/" in self._queue:
            raise ValueError("write sqs://REGION/QUEUE")
        self._endpoint = parse_qs(parts.query).get("endpoint", [None])[0]
        self._client: Any = None
        self._url = ""

    async def publish(self, hints: Sequence[Hint]) -> None:
        bodies = [hint_messages.written(hint).decode() for hint in hints]
        with _translated():
            await self._open()
            await self._in_batches(
                "send_message_batch", [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
            )

    async def receive(self) -> AsyncGenerator[Sequence[Delivery], None]:
        with _translated():
            await self._open()
            yield []
            while True:
                answer = await self._client.receive_message(
                    QueueUrl=self._url, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=_WAIT_SECONDS
                )
                found = [await self._delivery(message) for message in answer.get("Messages", ())]
                yield [delivery for delivery in found if delivery is not None]

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        with _translated():
            await self._in_batches("delete_message_batch", [_entry(number, one) for number, one in enumerate(deliveries)])

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        entries = [_entry(number, one) | {"VisibilityTimeout": 0} for number, one in enumerate(deliveries)]
        with _translated():
            await self._in_batches("change_message_visibility_batch", entries)

    async def check(self) -> str:
        with _translated():
            await self._open()
            waiting, dead = [await self._count(name) for name in (self._queue, self._dead_queue)]
        return f"answers, about {waiting} hints wait, {dead} are dead letters"

    async def close(self) -> None:
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()
