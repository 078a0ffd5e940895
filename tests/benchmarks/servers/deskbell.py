"""Deskbell itself on SQLite. Arguments: port, folder, and the lanes of its outbox worker that are open.

Those that lead out of the house stay shut: here is nobody to talk to.
"""

from __future__ import annotations

import sys
from pathlib import Path

from aiohttp import web

from bot import config
from bot.app import create_app
from bot.settings import Settings
from bot.telemetry import configure_logging
from bot.workers.lanes import PACES, Lanes, Pace
from tests.benchmarks import mails

SUPPORT_YAML = Path(__file__).parents[3] / "support.yaml"


def settings(folder: str) -> Settings:
    return Settings(
        _env_file=None,
        slack_bot_token="xoxb-token-of-the-benchmarks",
        slack_signing_secret="signing-secret-of-the-benchmarks",
        database_url=f"sqlite+aiosqlite:///{folder}/deskbell.db",
        smtp_host="127.0.0.1",
        deskbell_secret_key="secret-key-of-the-benchmarks-0123456789",
        deskbell_webhook_secrets={"mailparse": (mails.SECRET,), "raw": (mails.SECRET,)},
    )


if __name__ == "__main__":
    port, folder, *lanes = sys.argv[1:]
    configure_logging("info")
    paces = dict.fromkeys(PACES, Pace(concurrency=0)) | {lane: PACES[lane] for lane in lanes}
    application = create_app(settings(folder), config.load(SUPPORT_YAML), lanes=Lanes(paces))
    web.run_app(application, host="127.0.0.1", port=int(port), access_log=None, print=None)
