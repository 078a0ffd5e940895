"""Server processes on loopback: how long they take to be there, and how much memory they hold."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests import servers

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    pid: int
    port: int
    seconds_to_ready: float
    """From the start of the process, imports included, to the first answer."""

    def mebibytes(self) -> float:
        """Its resident memory."""
        command = ["ps", "-o", "rss=", "-p", str(self.pid)]
        return int(subprocess.run(command, check=True, capture_output=True).stdout) / 1024  # noqa: S603 - ours

    def cpu_seconds(self) -> float:
        """How long it has run on a core so far, its own code and the kernel's for it."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(*commands: tuple[str, ...]) -> Iterator[list[Server]]:
    """Modules of `tests.benchmarks.servers` with their arguments, all at once; what they log goes nowhere."""
    with ExitStack() as stack:
        started = perf_counter()
        processes = [stack.enter_context(_process(*command)) for command in commands]
        yield [Server(pid, port, _await_answer(port) - started) for pid, port in processes]


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[tuple[int, int]]:
    port = servers.free_port()
    command = [sys.executable, "-m", f"tests.benchmarks.servers.{module}", str(port), *arguments]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=_ROOT)  # noqa: S603 - ours
    try:
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _await_answer(port: int) -> float:
    """When the first answer came."""
    deadline = perf_counter() + _PATIENCE_SECONDS
    while perf_counter() < deadline:
        try:
            urlopen(f"http://127.0.0.1:{port}/readyz", timeout=_PATIENCE_SECONDS).close()
        except HTTPError:
            return perf_counter()  # the floors have no such page
        except URLError:
            sleep(0.005)
        else:
            return perf_counter()
    raise TimeoutError("the server does not start")
