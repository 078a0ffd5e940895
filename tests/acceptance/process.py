"""`deskbell run` as a process of its own, so that it can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from storage.unit_of_work import Storage
from tests.desk import BOT_TOKEN, SECRET_KEY, SIGNING_SECRET, SUPPORT_YAML, WEBHOOK_SECRET, Desk
from tests.desk import settings as desk_settings
from tests.servers import free_port

if TYPE_CHECKING:
    from bot.sandbox import Sandbox

_ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 30


class DeskProcess:
    """One desk in a folder; `start` again after `kill` finds what was stored.

    `variables` replace and add to its environment.
    """

    def __init__(self, sandbox: Sandbox, folder: Path, **variables: str) -> None:
        self._folder = folder
        self._port = free_port()
        self._environment = environment(sandbox, port=self._port) | variables
        self._process: asyncio.subprocess.Process | None = None
        sandbox.bot_url = f"http://127.0.0.1:{self._port}"
        self.settings = desk_settings(
            sandbox, folder, database_url=f"sqlite+aiosqlite:///{folder / 'var' / 'deskbell.db'}"
        )
        self.desk = Desk(
            sandbox=sandbox,
            settings=self.settings,
            storage=Storage(self.settings.database_url),
            http=httpx.AsyncClient(base_url=sandbox.bot_url, trust_env=False),
        )

    @property
    def log(self) -> str:
        """All that was written to standard error, by every process."""
        return (self._folder / "log").read_text(encoding="utf-8")

    async def start(self) -> None:
        """Return when it is ready."""
        with (self._folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=self._folder, env=self._environment, stderr=log
            )
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await self._is_ready():
                assert self._process.returncode is None, self.log
                await asyncio.sleep(0.02)

    async def _is_ready(self) -> bool:
        try:
            return (await self.desk.http.get("/readyz")).is_success
        except httpx.TransportError:
            return False

    def hang_up(self) -> None:
        """SIGHUP: read the rules anew."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    async def kill(self) -> None:
        """SIGKILL: nothing of it can say goodbye."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def close(self) -> None:
        await self.kill()
        await self.desk.http.aclose()
        await self.desk.storage.database.close()


def environment(sandbox: Sandbox, *, port: int) -> dict[str, str]:
    """What a desk whose world is the sandbox is started with."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(_ROOT),
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": sandbox.slack_api_url,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(sandbox.smtp_port),
        "SMTP_SECURITY": "none",
        "DESKBELL_CONFIG": str(SUPPORT_YAML),
        "DESKBELL_PORT": str(port),
        "DESKBELL_PUBLIC_URL": "http://127.0.0.1",
        "DESKBELL_SECRET_KEY": SECRET_KEY,
        "DESKBELL_WEBHOOK_SECRETS__MAILPARSE": WEBHOOK_SECRET,
        "DESKBELL_WEBHOOK_SECRETS__RAW": WEBHOOK_SECRET,
        "DESKBELL_LOG_LEVEL": "debug",
    }
