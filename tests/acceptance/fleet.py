"""`deskbell web` and `deskbell worker` as processes of their own on one database, as many as a test wants."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

import httpx

from storage.unit_of_work import Storage
from tests.acceptance.process import environment
from tests.desk import Desk, settings
from tests.servers import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox

_PATIENCE_SECONDS = 30


class Member:
    """One process."""

    def __init__(self, role: str, folder: Path, variables: dict[str, str]) -> None:
        self.port = free_port()
        self._role = role
        self._log = folder / f"{role}-{self.port}.log"
        self._folder = folder
        ports = {"DESKBELL_PORT": str(self.port), "DESKBELL_WORKER_PORT": str(self.port)}
        self._variables = variables | ports
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    async def start(self) -> None:
        """Return when it is ready."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", self._role, cwd=self._folder, env=self._variables, stderr=log
            )
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await self.is_ready():
                assert self._process.returncode is None, self.log
                await asyncio.sleep(0.02)

    async def is_ready(self) -> bool:
        try:
            return (await self.http.get("/readyz")).is_success
        except httpx.TransportError:
            return False

    async def checks(self) -> dict[str, str]:
        """What `/readyz` says of each part."""
        checks: dict[str, str] = (await self.http.get("/readyz")).json()["checks"]
        return checks

    def terminate(self) -> None:
        """SIGTERM, as a supervisor sends it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def hang_up(self) -> None:
        """SIGHUP: read the rules anew."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    async def ended(self) -> int:
        """Its exit code."""
        assert self._process is not None
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await self._process.wait()

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def close(self) -> None:
        await self.kill()
        await self.http.aclose()


class Fleet:
    """All processes of one desk; `variables` are what they have in common."""

    def __init__(self, sandbox: Sandbox, folder: Path, *, database_url: str, **variables: str) -> None:
        self._folder = folder
        self._variables = environment(sandbox, port=0) | {"DATABASE_URL": database_url} | variables
        self.members: list[Member] = []
        self._sandbox = sandbox
        self.storage = Storage(database_url)
        self._settings = settings(sandbox, folder, database_url=database_url)

    async def add(self, role: str) -> Member:
        """Start one more."""
        member = Member(role, self._folder, self._variables)
        self.members.append(member)
        await member.start()
        return member

    def desk(self, web: Member) -> Desk:
        """The desk as one of its web processes gives it."""
        self._sandbox.bot_url = str(web.http.base_url).rstrip("/")
        return Desk(sandbox=self._sandbox, settings=self._settings, storage=self.storage, http=web.http)

    async def close(self) -> None:
        for member in self.members:
            await member.close()
        await self.storage.database.close()
