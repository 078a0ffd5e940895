"""Hints over RabbitMQ: a quorum queue, which survives the loss of a node, and one for dead letters.

Queues are declared at each connection, so that a broker that lost everything has them again.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import aio_pika
from aio_pika.exceptions import AMQPException, ProbableAuthenticationError

from bot.errors import PermanentError, TransientError
from bot.integrations import hint_messages
from bot.integrations.interfaces import Delivery
from bot.telemetry import log

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence

    from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage

    from storage.hints import Hint

QUEUE = "deskbell.outbox"
DEAD_QUEUE = "deskbell.outbox.dead"
_DEAD_EXCHANGE = "deskbell.dead"

_PREFETCH = 64
_DELIVERY_LIMIT = 10
"""How often a hint comes whose worker is lost each time; the entry has its own count in the database."""
_CONNECT_SECONDS = 5


class RabbitMqTransport:
    """The Transport of `amqp://` and `amqps://`; each virtual host is a desk of its own."""

    name = "RabbitMQ"

    def __init__(self, url: str) -> None:
        self._url = url
        self._publishing: tuple[AbstractConnection, AbstractChannel] | None = None

    async def publish(self, hints: Sequence[Hint]) -> None:
        with _translated():
            channel = await self._publishing_channel()
            try:
                await asyncio.gather(
                    *(channel.default_exchange.publish(_message(hint), routing_key=QUEUE) for hint in hints)
                )
            except AMQPException:
                # The queue may be gone: the next connection declares it.
                await self.close()
                raise

    async def receive(self) -> AsyncGenerator[Sequence[Delivery], None]:
        arrived: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        with _translated():
            async with self._connection() as connection:
                channel = await connection.channel()
                await channel.set_qos(prefetch_count=_PREFETCH)
                queue = await _declare(channel)
                channel.close_callbacks.add(lambda *_: arrived.put_nowait(None))
                await queue.consume(arrived.put_nowait)
                yield []
                while True:
                    messages = [await arrived.get()]
                    while not arrived.empty():
                        messages.append(arrived.get_nowait())
                    if None in messages:
                        raise TransientError("the connection was closed")
                    found = [await _delivery(message) for message in messages if message is not None]
                    yield [delivery for delivery in found if delivery is not None]

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        with _translated():
            for delivery in deliveries:
                await delivery.receipt.ack()

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        with _translated():
            for delivery in deliveries:
                await delivery.receipt.nack(requeue=True)

    async def check(self) -> str:
        with _translated():
            async with self._connection() as connection:
                channel = await connection.channel()
                waiting = (await _declare(channel)).declaration_result.message_count or 0
                dead = await channel.declare_queue(DEAD_QUEUE, passive=True)
                dead_count = dead.declaration_result.message_count or 0
        return f"answers, {waiting} hints wait, {dead_count} are dead letters"

    async def close(self) -> None:
        if self._publishing is not None:
            connection, _ = self._publishing
            self._publishing = None
            await connection.close()

    async def _publishing_channel(self) -> AbstractChannel:
        if self._publishing is None or self._publishing[1].is_closed:
            await self.close()
            connection = await aio_pika.connect(self._url, timeout=_CONNECT_SECONDS)
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            await _declare(channel)
            self._publishing = connection, channel
        return self._publishing[1]

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AbstractConnection]:
        connection = await aio_pika.connect(self._url, timeout=_CONNECT_SECONDS)
        try:
            yield connection
        finally:
            await connection.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ProbableAuthenticationError as error:
        raise PermanentError("the login is refused: look at QUEUE_URL") from error
    except (AMQPException, OSError, TimeoutError, RuntimeError) as error:
        # RuntimeError is how the client says that a connection is closing.
        raise TransientError(str(error) or type(error).__name__) from error


def _message(hint: Hint) -> aio_pika.Message:
    return aio_pika.Message(
        hint_messages.written(hint),
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


async def _declare(channel: AbstractChannel) -> Any:
    quorum: dict[str, Any] = {"x-queue-type": "quorum"}
    exchange = await channel.declare_exchange(_DEAD_EXCHANGE, aio_pika.ExchangeType.FANOUT, durable=True)
    dead = await channel.declare_queue(DEAD_QUEUE, durable=True, arguments=quorum)
    await dead.bind(exchange)
    return await channel.declare_queue(
        QUEUE,
        durable=True,
        arguments={
            **quorum,
            "x-delivery-limit": _DELIVERY_LIMIT,
            "x-dead-letter-exchange": _DEAD_EXCHANGE,
        },
    )


async def _delivery(message: AbstractIncomingMessage) -> Delivery | None:
    try:
        return Delivery(hint_messages.read(message.body), message)
    except ValueError:
        log.warning("no_hint", transport=RabbitMqTransport.name)
        await message.reject(requeue=False)
        return None
