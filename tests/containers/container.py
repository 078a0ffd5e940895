"""One of our containers without Docker: files, variables and commands are those of the image and of compose.yaml."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

import httpx

from tests.containers import DOCKERFILE, OURS, ROOT
from tests.servers import free_port

_PATIENCE_SECONDS = 40
_READ_ONLY = """
for folder in "$DATA" "$TMPDIR"; do mount --bind "$folder" "$folder"; done
mount -o remount,ro,bind /
# The folder is another one now.
cd "$DATA" && exec "$@"
"""


class Container:
    """A service of compose.yaml; `secrets` is the folder of its secrets, `env_file` what stands in `.env`.

    Where we are root nothing else can be written to but its volume and its /tmp, as in the container.
    """

    def __init__(self, service: str, folder: Path, *, secrets: Path, env_file: dict[str, str]) -> None:
        self._service = OURS[service]
        self._folder = folder
        self._port, self._worker_port = free_port(), free_port()
        for name in ("data", "tmp", "app"):
            (folder / name).mkdir(parents=True)
        for name in DOCKERFILE.copied:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / "app" / name, dirs_exist_ok=True)
        self._moved = {
            DOCKERFILE.stage["WORKDIR"]: str(folder / "data"),
            DOCKERFILE.env["DESKBELL_CONFIG"]: str(ROOT / "support.yaml"),
            "/app": str(folder / "app"),
            "/run/secrets": str(secrets),
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - only within a container everything is meant
            DOCKERFILE.env["DESKBELL_PORT"]: str(self._port),
            DOCKERFILE.env["DESKBELL_WORKER_PORT"]: str(self._worker_port),
        }
        variables = DOCKERFILE.env | env_file | self._service["environment"]
        self._variables = {key: self._here(value) for key, value in variables.items() if key != "PATH"} | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DATA": str(folder / "data"),
            "TMPDIR": str(folder / "tmp"),
        }
        (self._command,) = self._service["command"]
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self._port}", trust_env=False)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text(encoding="utf-8")

    def _here(self, text: str) -> str:
        for there, here in self._moved.items():
            text = text.replace(there, here)
        return text

    async def start(self) -> None:
        """Return when its health check is content."""
        command = ["python", "-m", "bot", self._command]
        if os.geteuid() == 0:
            command = ["unshare", "--mount", "sh", "-ec", _READ_ONLY, "container", *command]
        with (self._folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, cwd=self._folder / "data", env=self._variables, stderr=log
            )
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await self.is_healthy():
                assert self._process.returncode is None, self.log
                await asyncio.sleep(0.1)

    async def is_healthy(self) -> bool:
        """Run the health check of compose.yaml."""
        kind, *command = map(self._here, self._service["healthcheck"]["test"])
        assert kind == "CMD"
        check = await asyncio.create_subprocess_exec(
            *command, env=self._variables, stderr=asyncio.subprocess.DEVNULL
        )
        return await check.wait() == 0

    async def stop(self) -> int:
        """As `docker stop`: gives the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.Signals[DOCKERFILE.stage["STOPSIGNAL"]])
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await self._process.wait()

    async def close(self) -> None:
        await self.http.aclose()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
