"""Real servers that tests start on loopback. A missing one skips the test, or fails it where CI demands it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def missing(what: str) -> NoReturn:
    """Skip with one clear line; fail where DESKBELL_REQUIRE_SERVERS=1."""
    if os.environ.get("DESKBELL_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{what} is needed here (DESKBELL_REQUIRE_SERVERS=1)")
    pytest.skip(f"{what} is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def chromium() -> str:
    """The path of the browser."""
    return shutil.which("chromium") or missing("chromium")


class PostgresServer:
    """One PostgreSQL server in a folder of its own."""

    def __init__(self, folder: Path, *, is_durable: bool = False) -> None:
        self._folder = folder
        self._fsync = "on" if is_durable else "off"
        self._programs = _postgres_programs()
        self.port = free_port()

    def create(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        self._run(
            "initdb", "-D", str(self._folder), "-A", "trust", "-U", "deskbell", "-E", "UTF8", "--no-sync"
        )

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync={self._fsync} -k {self._folder}"
        self._run(
            "pg_ctl", "-D", str(self._folder), "-w", "-l", f"{self._folder}/log", "-o", options, "start"
        )

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder), "-w", "-m", "immediate", "stop")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+asyncpg://deskbell@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=60)  # noqa: S603 - our own command


def _postgres_programs() -> Path:
    """Where initdb and pg_ctl are: Debian keeps them out of the PATH."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return debian[-1] if debian else missing("PostgreSQL")


@contextmanager
def postgres(*, is_durable: bool = False) -> Iterator[PostgresServer]:
    """A running server, stopped in the end; tests need no fsync.

    Its folder is not one of pytest's: those are closed to the user that PostgreSQL runs as.
    """
    with TemporaryDirectory(prefix="deskbell-") as folder:
        server = PostgresServer(Path(folder), is_durable=is_durable)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()
