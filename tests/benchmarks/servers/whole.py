"""Deskbell as it runs, with the sandbox as its Slack. Arguments: port, folder, ports of the sandbox and of its SMTP.

The lanes do not wait: at Slack's pace of one card a second and channel that alone would be measured.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta

from aiohttp import web

from bot import config
from bot.app import create_app
from bot.config_incidents import Incidents
from bot.telemetry import configure_logging
from bot.workers.lanes import PACES, Lanes
from tests.benchmarks.servers.deskbell import SUPPORT_YAML, settings

if __name__ == "__main__":
    port, folder, slack_port, smtp_port = sys.argv[1:]
    configure_logging("info")
    chosen = settings(folder).model_copy(
        update={
            "slack_api_url": f"http://127.0.0.1:{slack_port}/api/",
            "smtp_port": int(smtp_port),
            "smtp_security": "none",
        }
    )
    at_once = {name: replace(pace, interval=timedelta(0)) for name, pace in PACES.items()}
    # The mails are alike: each is to have a card all the same.
    calm = config.load(SUPPORT_YAML).model_copy(update={"incidents": Incidents(storm=None)})
    application = create_app(chosen, calm, lanes=Lanes(at_once))
    web.run_app(application, host="127.0.0.1", port=int(port), access_log=None, print=None)
