"""Hints over Amazon SQS, or what speaks like it: a standard queue, and one for dead letters behind its redrive policy.

The order is the database's business, so the queue need not keep one.
"""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError

from bot.errors import PermanentError, TransientError
from bot.integrations import hint_messages
from bot.integrations.interfaces import Delivery
from bot.telemetry import log

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

    from storage.hints import Hint

_BATCH = 10
"""As many as one call may carry."""
_WAIT_SECONDS = 20
"""Long polling: the longest that SQS holds a call open."""
_INVISIBLE_SECONDS = 120
"""Longer than a lease: what comes again before would find the entry still leased."""
_RECEIVE_LIMIT = 10
"""How often a hint comes whose worker is lost each time; the entry has its own count in the database."""
_CONFIG = AioConfig(connect_timeout=3, read_timeout=_WAIT_SECONDS + 5, retries={"max_attempts": 1})
_MISSING = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_REFUSED = ("AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "SignatureDoesNotMatch")


class SqsTransport:
    """The Transport of `sqs://REGION/QUEUE`, with the login that every AWS program takes from its surroundings."""

    name = "SQS"

    def __init__(self, url: str) -> None:
        """Raises ValueError where the URL does not name a region and a queue."""
        parts = urlsplit(url)
        self._region, self._queue = parts.hostname or "", parts.path.strip("/")
        if not self._region or not re.fullmatch(r"[\w-]{1,75}", self._queue):
            raise ValueError("write sqs://REGION/QUEUE")
        self._endpoint = parse_qs(parts.query).get("endpoint", [None])[0]
        self._opened = AsyncExitStack()
        self._client: Any = None
        self._url = ""

    async def publish(self, hints: Sequence[Hint]) -> None:
        entries = [
            {"Id": str(number), "MessageBody": hint_messages.written(hint).decode()}
            for number, hint in enumerate(hints)
        ]
        with self._translated():
            await self._open()
            await self._in_batches("send_message_batch", entries)

    async def receive(self) -> AsyncGenerator[Sequence[Delivery], None]:
        with self._translated():
            await self._open()
            yield []
            while True:
                answer = await self._client.receive_message(
                    QueueUrl=self._url, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=_WAIT_SECONDS
                )
                found = [await self._delivery(message) for message in answer.get("Messages", ())]
                yield [delivery for delivery in found if delivery is not None]

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        with self._translated():
            await self._in_batches("delete_message_batch", _entries(deliveries))

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        with self._translated():
            await self._in_batches(
                "change_message_visibility_batch", _entries(deliveries, VisibilityTimeout=0)
            )

    async def check(self) -> str:
        with self._translated():
            await self._open()
            waiting, dead = [await self._count(await self._find(name)) for name in self._queues]
        return f"answers, about {waiting} hints wait, {dead} are dead letters"

    async def close(self) -> None:
        self._client = None
        await self._opened.aclose()

    @property
    def _queues(self) -> tuple[str, str]:
        return self._queue, f"{self._queue}-dead"

    async def _open(self) -> None:
        if self._client is None:
            self._client = await self._opened.enter_async_context(
                get_session().create_client(
                    "sqs", region_name=self._region, endpoint_url=self._endpoint, config=_CONFIG
                )
            )
        if not self._url:
            self._url = await self._found_or_created()

    async def _found_or_created(self) -> str:
        """Our queue, with its dead letters where nobody has made it yet."""
        queue, dead = self._queues
        try:
            return await self._find(queue)
        except ClientError as error:
            if _code(error) not in _MISSING:
                raise
        made = await self._client.create_queue(QueueName=dead)
        arn = await self._attribute(made["QueueUrl"], "QueueArn")
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": _RECEIVE_LIMIT})
        made = await self._client.create_queue(
            QueueName=queue,
            Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": str(_INVISIBLE_SECONDS)},
        )
        url: str = made["QueueUrl"]
        return url

    async def _find(self, queue: str) -> str:
        url: str = (await self._client.get_queue_url(QueueName=queue))["QueueUrl"]
        return url

    async def _count(self, url: str) -> str:
        return await self._attribute(url, "ApproximateNumberOfMessages")

    async def _attribute(self, url: str, name: str) -> str:
        answer = await self._client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        value: str = answer["Attributes"][name]
        return value

    async def _in_batches(self, call: str, entries: Sequence[dict[str, Any]]) -> None:
        batches = [entries[start : start + _BATCH] for start in range(0, len(entries), _BATCH)]
        act = getattr(self._client, call)
        answers = await asyncio.gather(*(act(QueueUrl=self._url, Entries=batch) for batch in batches))
        if failed := sum(len(answer.get("Failed", ())) for answer in answers):
            raise TransientError(f"{failed} of {len(entries)} were refused")

    async def _delivery(self, message: dict[str, Any]) -> Delivery | None:
        body, receipt = message["Body"], message["ReceiptHandle"]
        try:
            return Delivery(hint_messages.read(body), receipt)
        except ValueError:
            log.warning("no_hint", transport=self.name)
            dead = await self._find(self._queues[1])
            await self._client.send_message(QueueUrl=dead, MessageBody=body)
            await self._client.delete_message(QueueUrl=self._url, ReceiptHandle=receipt)
            return None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError, OSError, TimeoutError) as error:
            self._url = ""  # the queue may be gone
            if isinstance(error, ClientError) and _code(error) in _REFUSED:
                raise PermanentError(f"AWS refuses the login: {_code(error)}") from error
            raise TransientError(str(error) or type(error).__name__) from error


def _entries(deliveries: Sequence[Delivery], **rest: Any) -> list[dict[str, Any]]:
    return [
        {"Id": str(number), "ReceiptHandle": one.receipt, **rest} for number, one in enumerate(deliveries)
    ]


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
