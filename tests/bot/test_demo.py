"""`deskbell demo` in a process of its own, as a newcomer starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.desk import SUPPORT_YAML
from tests.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
REAL_DESK = {
    "CLAMAV_SOCKET": "/nowhere/clamd.ctl",
    "DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/production",
    "DESKBELL_BLOB_URL": "s3://production",
    "DESKBELL_DIRECTORY_SECRET": "production",
    "DESKBELL_DIRECTORY_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/crm",
    "DESKBELL_PAGER_SECRETS__PD": "production",
    "SLACK_APP_TOKEN": "xapp-of-a-real-workspace",
    "SMTP_USERNAME": "production",
    "SMTP_PASSWORD": "production",
}


@contextmanager
def demo(folder: Path, port: int, sandbox_port: int, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a folder; killed in the end if it still runs."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "bot", "demo", "--port", str(port), "--sandbox-port", str(sandbox_port)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "support.yaml").write_text(SUPPORT_YAML.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def first_lines(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(3)]


def test_it_prints_where_to_look_and_ends_cleanly(folder: Path) -> None:
    port, sandbox_port = free_port(), free_port()
    with demo(folder, port, sandbox_port) as process:
        lines = first_lines(process)
        assert f"http://127.0.0.1:{sandbox_port}/sandbox" in lines[1]
        assert httpx.get(f"http://127.0.0.1:{sandbox_port}/sandbox", trust_env=False).status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
        process.send_signal(signal.SIGINT)
        _, trouble = process.communicate(timeout=20)
        assert (process.returncode, trouble) == (0, "")


def test_it_stays_away_from_the_real_desk_of_the_environment_and_of_support_yaml(folder: Path) -> None:
    polled = (
        "  archive: {provider: mailparse, tenant: acme, poll: {kind: rest, url: 'https://real.example'}}\n"
    )
    hooked = "  postmark: {provider: postmark, tenant: acme}\n"
    directory = "directory: {kind: sql, query: 'SELECT 1 WHERE :email = :email'}\n"
    pagers = "pagers: {pd: {kind: pagerduty}, hook: {kind: webhook, url: 'https://real.example'}}\n"
    path = folder / "support.yaml"
    text = path.read_text(encoding="utf-8")
    more = f"{directory}{pagers}sources:\n{polled}{hooked}"
    path.write_text(text.replace("sources:\n", more, 1), encoding="utf-8")
    port = free_port()
    with demo(folder, port, free_port(), **REAL_DESK) as process:
        assert first_lines(process)[0].startswith("Deskbell is running.")
        ready = httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).json()
        assert ready["checks"] == {"database": "ok"}
        assert (folder / "var" / "demo" / "deskbell.db").exists()


def test_a_support_yaml_that_is_wrong_is_told_with_its_place(folder: Path) -> None:
    (folder / "support.yaml").write_text("desk: no\n", encoding="utf-8")
    with demo(folder, free_port(), free_port()) as process:
        _, trouble = process.communicate(timeout=20)
    assert process.returncode == 78
    assert trouble.startswith("support.yaml:1:")
    assert "Traceback" not in trouble


def test_a_port_that_is_taken_is_told_with_what_to_do(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with demo(folder, taken.getsockname()[1], free_port()) as process:
            _, trouble = process.communicate(timeout=20)
    assert process.returncode == 75
    assert "--port" in trouble
    assert "Traceback" not in trouble
