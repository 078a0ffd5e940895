"""The sandbox in a process of its own. Arguments: port, folder, port of its SMTP."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from bot.sandbox import Sandbox, SandboxSettings
from tests.benchmarks import mails
from tests.benchmarks.servers.deskbell import settings


async def serve(port: int, folder: str, smtp_port: int) -> None:
    """Until SIGTERM."""
    desk = settings(folder)
    sandbox = Sandbox(
        SandboxSettings(
            data_dir=Path(folder),
            signing_secret=desk.slack_signing_secret.get_secret_value(),
            bot_token=desk.slack_bot_token.get_secret_value(),
            webhook_secret=mails.SECRET,
        )
    )
    await sandbox.start(port=port, smtp_port=smtp_port)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await sandbox.stop()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
