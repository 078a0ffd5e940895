"""A whole desk and its Slack, each in a process of its own."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests import servers
from tests.benchmarks import processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.processes import Server


@dataclass(frozen=True, slots=True)
class Running:
    """What runs, and where Slack's messages are kept."""

    desk: Server
    slack: Server
    messages: Path


@contextmanager
def running(folder: str) -> Iterator[Running]:
    """A desk with its database in `folder`."""
    with tempfile.TemporaryDirectory() as slack_folder:
        smtp_port = str(servers.free_port())
        with (
            processes.serving(("sandbox", slack_folder, smtp_port)) as [slack],
            processes.serving(("whole", folder, str(slack.port), smtp_port)) as [desk],
        ):
            yield Running(desk, slack, Path(slack_folder) / "sandbox.db")
