"""A load generator that costs the machine little: raw sockets in one selector, the next request after each answer."""

from __future__ import annotations

import selectors
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Load:
    """What a server bore."""

    per_second: float
    p50: float
    """Seconds from the request to its answer; half were faster."""
    p99: float


def bear(port: int, requests: Iterator[bytes], *, connections: int, seconds: float = float("inf")) -> Load:
    """Send requests until they end or the time is over, and wait for the last answers.

    Raises:
        RuntimeError: an answer is not 200; the figures would be of something else.
    """
    latencies: list[float] = []
    started = perf_counter()
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = stack.enter_context(_Connection(port))
            if connection.send(requests):
                selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map():
            for key, _ in selector.select(_PATIENCE_SECONDS):
                connection = key.data
                if not connection.has_answer():
                    continue
                latencies.append(perf_counter() - connection.sent_at)
                if perf_counter() - started > seconds or not connection.send(requests):
                    selector.unregister(connection.socket)
    percentiles = quantiles(latencies, n=100)
    return Load(len(latencies) / (perf_counter() - started), percentiles[49], percentiles[98])


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS)
        self.sent_at = 0.0
        self._answer = b""

    def send(self, requests: Iterator[bytes]) -> bool:
        """Whether there was another request to send."""
        request = next(requests, None)
        if request is None:
            return False
        self.sent_at = perf_counter()
        self._answer = b""
        self.socket.sendall(request)
        return True

    def has_answer(self) -> bool:
        """Read what is there; an answer is whole when its JSON object is closed."""
        self._answer += self.socket.recv(65536)
        if not self._answer.endswith(b"}"):
            if self._answer:
                return False
            raise RuntimeError("the server closed a connection")
        if not self._answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"not 200: {self._answer!r}")
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
