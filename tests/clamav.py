"""A real virus scanner on loopback: clamd with a configuration of its own and one signature, that of the EICAR file."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import TYPE_CHECKING

from tests import servers

if TYPE_CHECKING:
    from collections.abc import Iterator

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
"""The harmless file that every scanner calls a virus (https://www.eicar.org/download-anti-malware-testfile/); in
pieces, so that no scanner takes this file for one."""
VIRUS = "Deskbell.Test.UNOFFICIAL"
LARGEST = 1024 * 1024
"""What it takes at once."""

_PATIENCE_SECONDS = 15
_CONFIGURATION = """\
DatabaseDirectory {folder}/signatures
LocalSocket {folder}/socket
Foreground yes
StreamMaxLength {largest}
"""


class ClamAv:
    """One scanner, that can be stopped and started again at the same socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.socket = str(folder / "socket")
        signatures = folder / "signatures"
        signatures.mkdir()
        digest = md5(EICAR, usedforsecurity=False).hexdigest()
        (signatures / "test.hdb").write_text(f"{digest}:{len(EICAR)}:Deskbell.Test\n")
        (folder / "clamd.conf").write_text(_CONFIGURATION.format(folder=folder, largest=LARGEST))

    def start(self) -> None:
        program = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin") or servers.missing("clamd")
        command = [program, "--config-file", str(self._folder / "clamd.conf")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
        deadline = monotonic() + _PATIENCE_SECONDS
        while monotonic() < deadline:
            if self._answers():
                return
            sleep(0.02)
        raise TimeoutError("clamd does not answer")

    def freeze(self) -> None:
        """It takes files, and says nothing any more."""
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """As a machine that loses power: nothing is said to anybody."""
        self._process.kill()
        self._process.wait(_PATIENCE_SECONDS)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(self.socket)
                client.sendall(b"zPING\0")
                return client.recv(16).startswith(b"PONG")
            except OSError:
                return False


@contextmanager
def running() -> Iterator[ClamAv]:
    """A running scanner, ended in the end."""
    with TemporaryDirectory(prefix="deskbell-") as folder:
        scanner = ClamAv(Path(folder))
        scanner.start()
        try:
            yield scanner
        finally:
            scanner.kill()
