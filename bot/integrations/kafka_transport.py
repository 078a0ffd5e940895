"""Hints over Kafka: a topic keyed by ticket, one for hints that are given back, and one for dead letters."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import aiokafka
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, SaslAuthenticationFailed
from aiokafka.helpers import create_ssl_context
from aiokafka.structs import TopicPartition

from bot.errors import PermanentError, TransientError
from bot.integrations import hint_messages
from bot.integrations.interfaces import Delivery
from bot.telemetry import log

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence

    from aiokafka.structs import ConsumerRecord

    from storage.hints import Hint

_GROUP = "deskbell"
_PARTITIONS = 12
"""As many workers may share the topic."""
_COPIES = 3
"""On as many brokers a topic lies, if there are so many; whoever wants it otherwise makes the topics first."""
_TRIES = 10
"""How often a hint is given back before it is a dead letter; the entry has its own count in the database."""
_TRIED = "tried"
_MOST_AT_ONCE = 64
_LOOK_MILLISECONDS = 5_000
_ANSWER_MILLISECONDS = 5_000
_STOP_SECONDS = 2


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a hint lies, and how often it was given back."""

    partition: TopicPartition
    offset: int
    tried: int


@dataclass(frozen=True, slots=True)
class _Record:
    """What is sent: to which topic, and of which ticket."""

    topic: str
    value: bytes
    hint: Hint | None = None
    tried: int = 0


class _Progress:
    """How far a partition is worked off: up to the first hint that is not acknowledged."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._next = 0

    def received(self, offset: int) -> None:
        self._open.add(offset)
        self._next = max(self._next, offset + 1)

    def acknowledged(self, offset: int) -> int:
        """The offset to commit."""
        self._open.discard(offset)
        return min(self._open, default=self._next)


class _Revoked(aiokafka.ConsumerRebalanceListener):  # type: ignore[misc] # of a package without types
    """A partition that goes to another worker begins anew there, at the last commit."""

    def __init__(self, progress: dict[TopicPartition, _Progress]) -> None:
        self._progress = progress

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        for partition in revoked:
            self._progress.pop(partition, None)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Progress begins with the first hint."""


class KafkaTransport:
    """The Transport of `kafka://[USER:PASSWORD@]HOST:PORT[,HOST:PORT]/TOPIC[?tls=true]`."""

    name = "Kafka"

    def __init__(self, url: str) -> None:
        """Raises ValueError where the URL does not name brokers and a topic."""
        parts = urlsplit(url)
        login, _, hosts = parts.netloc.rpartition("@")
        self._topic = parts.path.strip("/")
        if not hosts or not re.fullmatch(r"[\w.-]{1,200}", self._topic):
            raise ValueError("write kafka://HOST:PORT/TOPIC")
        self._retry_topic, self._dead_topic = f"{self._topic}.retry", f"{self._topic}.dead"
        self._options = _options(hosts, login, has_tls=parse_qs(parts.query).get("tls") == ["true"])
        self._producer: Any = None
        self._consumer: Any = None
        self._progress: dict[TopicPartition, _Progress] = {}

    async def publish(self, hints: Sequence[Hint]) -> None:
        await self._send([_Record(self._topic, hint_messages.written(hint), hint) for hint in hints])

    async def receive(self) -> AsyncGenerator[Sequence[Delivery], None]:
        self._progress = {}
        with _translated():
            await self._create_topics()
            async with self._consuming() as consumer:
                yield []
                while True:
                    batches = await consumer.getmany(timeout_ms=_LOOK_MILLISECONDS, max_records=_MOST_AT_ONCE)
                    if not batches and self._topic not in await consumer.topics():
                        raise TransientError("the topic is gone")
                    records = [record for batch in batches.values() for record in batch]
                    yield [one for one in [await self._delivery(record) for record in records] if one]

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        await self._commit([delivery.receipt for delivery in deliveries])

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        await self._send([self._once_more(one.hint, one.receipt) for one in deliveries])
        await self.acknowledge(deliveries)

    async def check(self) -> str:
        with _translated():
            await self._create_topics()
            waiting, dead = await self._count(self._topic, _GROUP), await self._count(self._dead_topic, None)
        return f"answers, about {waiting} hints wait, {dead} are dead letters"

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)

    async def _send(self, records: Sequence[_Record]) -> None:
        with _translated():
            producer = await self._producing()
            try:
                # First all on their way, then all confirmed.
                sent = [
                    await producer.send(
                        record.topic,
                        record.value,
                        key=_key(record.hint),
                        headers=[(_TRIED, str(record.tried).encode())],
                    )
                    for record in records
                ]
                await asyncio.gather(*sent)
            except BaseException:
                self._producer = None
                await _stop(producer)
                raise

    async def _producing(self) -> Any:
        if self._producer is None:
            await self._create_topics()
            producer = aiokafka.AIOKafkaProducer(
                **self._options, acks="all", request_timeout_ms=_ANSWER_MILLISECONDS
            )
            await _started(producer)
            self._producer = producer
        return self._producer

    @asynccontextmanager
    async def _consuming(self) -> AsyncIterator[Any]:
        consumer = aiokafka.AIOKafkaConsumer(
            **self._options, group_id=_GROUP, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        consumer.subscribe([self._topic, self._retry_topic], listener=_Revoked(self._progress))
        await _started(consumer)
        self._consumer = consumer
        try:
            yield consumer
        finally:
            self._consumer = None
            await _stop(consumer)

    async def _delivery(self, record: ConsumerRecord[Any, Any]) -> Delivery | None:
        partition = TopicPartition(record.topic, record.partition)
        tried = int(dict(record.headers).get(_TRIED, b"0"))
        place = _Place(partition, record.offset, tried)
        self._progress.setdefault(partition, _Progress()).received(record.offset)
        try:
            return Delivery(hint_messages.read(record.value or b""), place)
        except ValueError:
            log.warning("no_hint", transport=self.name)
            await self._send([_Record(self._dead_topic, record.value or b"")])
            await self._commit([place])
            return None

    def _once_more(self, hint: Hint, place: _Place) -> _Record:
        topic = self._retry_topic if place.tried < _TRIES else self._dead_topic
        return _Record(topic, hint_messages.written(hint), hint, tried=place.tried + 1)

    async def _commit(self, places: Sequence[_Place]) -> None:
        offsets = {
            place.partition: self._progress[place.partition].acknowledged(place.offset)
            for place in places
            # A partition that has gone to another worker is not ours to commit.
            if place.partition in self._progress
        }
        if offsets and self._consumer is not None:
            with _translated():
                await self._consumer.commit(offsets)

    async def _create_topics(self) -> None:
        admin = AIOKafkaAdminClient(**self._options, request_timeout_ms=_ANSWER_MILLISECONDS)
        topics = (self._topic, self._retry_topic, self._dead_topic)
        await admin.start()
        try:
            known = await admin.list_topics()
            missing = [name for name in topics if name not in known]
            if missing:
                copies = min(_COPIES, len((await admin.describe_cluster())["brokers"]))
                await admin.create_topics([NewTopic(name, _PARTITIONS, copies) for name in missing])
        finally:
            await admin.close()

    async def _count(self, topic: str, group: str | None) -> int:
        """How many lie behind what a group has committed, or in all."""
        consumer = aiokafka.AIOKafkaConsumer(
            **self._options, group_id=group, enable_auto_commit=False, request_timeout_ms=_ANSWER_MILLISECONDS
        )
        await _started(consumer)
        try:
            partitions = [TopicPartition(topic, number) for number in range(_PARTITIONS)]
            begin, end = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
            done = {
                one: (await consumer.committed(one) if group else None) or begin[one] for one in partitions
            }
        finally:
            await _stop(consumer)
        # The two are asked one after the other, while others go on.
        return sum(max(0, end[partition] - done[partition]) for partition in partitions)


async def _started(client: Any) -> None:
    """Start it; one that cannot is closed."""
    try:
        await client.start()
    except BaseException:
        await _stop(client)
        raise


async def _stop(client: Any) -> None:
    """One that has lost its brokers would wait for them, and lets the end of its own tasks through as our end."""
    stopping = asyncio.wait_for(client.stop(), _STOP_SECONDS)
    await asyncio.gather(stopping, return_exceptions=True)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SaslAuthenticationFailed as error:
        raise PermanentError("the login is refused: look at QUEUE_URL") from error
    except (KafkaError, OSError, TimeoutError) as error:
        raise TransientError(str(error) or type(error).__name__) from error


def _key(hint: Hint | None) -> bytes | None:
    return hint.ordering_key.encode() if hint and hint.ordering_key else None


def _options(hosts: str, login: str, *, has_tls: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"bootstrap_servers": hosts.split(",")}
    if has_tls:
        options["ssl_context"] = create_ssl_context()
    if login:
        user, _, password = login.partition(":")
        options |= {
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": unquote(user),
            "sasl_plain_password": unquote(password),
        }
    protocol = ("SASL_" if login else "") + ("SSL" if has_tls else "PLAINTEXT")
    return options | {"security_protocol": protocol}
