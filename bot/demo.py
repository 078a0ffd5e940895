"""`deskbell demo`: Deskbell, a stand-in for Slack and a mailbox, in one process on this machine."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot import config
from bot.app import create_app
from bot.config_directory import CsvDirectory
from bot.config_schedules import LayeredSchedule
from bot.sandbox import Sandbox, SandboxSettings
from bot.settings import Settings
from bot.telemetry import configure_logging

if TYPE_CHECKING:
    from bot.config import SupportConfig

_HOST = "127.0.0.1"


async def run(*, data_dir: Path, port: int, sandbox_port: int) -> None:
    """Run until Ctrl-C or SIGTERM.

    Raises:
        ConfigError: support.yaml cannot be used.
        OSError: a port is taken.
    """
    configure_logging("warning")
    desk = _among_ourselves(await asyncio.to_thread(config.load, Path("support.yaml")))
    keys = await asyncio.to_thread(_keys, data_dir)
    sandbox = Sandbox(
        SandboxSettings(
            data_dir=data_dir,
            signing_secret=keys["signing_secret"],
            bot_token=keys["bot_token"],
            webhook_secret=keys["webhook_secret"],
            rate_limited=True,
        )
    )
    await sandbox.start(host=_HOST, port=sandbox_port)
    try:
        runner = await _start_bot(sandbox, desk, keys, data_dir=data_dir, port=port)
        try:
            _greet(sandbox, port)
            await _until_stopped()
        finally:
            await runner.cleanup()
    finally:
        await sandbox.stop()


def _among_ourselves(desk: SupportConfig) -> SupportConfig:
    """The demo asks nobody but the sandbox and files of this machine, whatever the desk is set up for."""
    webhooks = {name: source for name, source in desk.sources.items() if source.poll is None}
    directory = desk.directory if isinstance(desk.directory, CsvDirectory) else None
    schedules = {
        name: schedule for name, schedule in desk.schedules.items() if isinstance(schedule, LayeredSchedule)
    }
    update = {"sources": webhooks, "directory": directory, "pagers": {}, "schedules": schedules}
    return desk.model_copy(update=update)


async def _start_bot(
    sandbox: Sandbox, desk: SupportConfig, keys: dict[str, str], *, data_dir: Path, port: int
) -> web.AppRunner:
    # What the environment may hold of a real desk is named here too: the demo must not reach it.
    settings = Settings(
        _env_file=None,
        slack_bot_token=keys["bot_token"],
        slack_signing_secret=keys["signing_secret"],
        slack_app_token=None,
        slack_api_url=sandbox.slack_api_url,
        database_url=f"sqlite+aiosqlite:///{data_dir / 'deskbell.db'}",
        smtp_host=_HOST,
        smtp_port=sandbox.smtp_port,
        smtp_security="none",
        smtp_username=None,
        smtp_password=None,
        clamav_socket=None,
        queue_url=None,
        deskbell_blob_url=None,
        deskbell_pager_secrets={},
        deskbell_schedule_secrets={},
        deskbell_heartbeat_url=None,
        deskbell_directory_secret=None,
        deskbell_directory_url=None,
        deskbell_public_url=f"http://{_HOST}:{port}",
        deskbell_secret_key=keys["secret_key"],
        deskbell_webhook_secrets=dict.fromkeys(desk.sources, (keys["webhook_secret"],)),
    )
    application = create_app(settings, desk)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, _HOST, port).start()
    except OSError:
        await runner.cleanup()  # its worker runs already, and is not to be cut off in the middle of something
        raise
    sandbox.bot_url = f"http://{_HOST}:{port}"
    return runner


def _keys(data_dir: Path) -> dict[str, str]:
    """The secrets that both sides share, made once: old Trace links go on working after a restart."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "secrets.json"
    if not path.exists():
        path.touch(mode=0o600)
        names = ("signing_secret", "webhook_secret", "secret_key")
        made = {name: secrets.token_urlsafe(32) for name in names}
        path.write_text(json.dumps(made | {"bot_token": f"xoxb-{secrets.token_urlsafe(24)}"}))
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def _greet(sandbox: Sandbox, port: int) -> None:
    print(
        "Deskbell is running. Write a mail as the customer, press Claim as an agent, answer, look in the inbox."
    )
    print(f"  Slack and the customer's mailbox:  {sandbox.page_url}")
    print(f"  Metrics of Deskbell itself:        http://{_HOST}:{port}/metrics   (Ctrl-C stops both)")


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    print("\nStopped. The next start finds everything as it is.")
