"""`deskbell replay`, run as people and pipelines run it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot import replay_command
from bot.app import create_services
from bot.cli import app
from bot.replay_command import EXIT_INTERRUPTED, Output
from bot.replaying.runner import Wish
from bot.settings import load
from storage.replay_mails import Scope
from tests.bot.replaying.conftest import COUNT
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from bot.config import SupportConfig
    from storage.unit_of_work import Storage

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def folder(storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder and an environment of its own, beside the database."""
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-0123456789",
        "SLACK_SIGNING_SECRET": "signing-secret",
        "SMTP_HOST": "127.0.0.1",
        "DESKBELL_SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "DESKBELL_CONFIG": str(SUPPORT_YAML),
        "DATABASE_URL": storage.database.url.render_as_string(),
    }
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", environment)
    text = SUPPORT_YAML.read_text(encoding="utf-8")
    candidate = text.replace("queue: billing, intent: billing", "queue: tech, intent: billing")
    (tmp_path / "candidate.yaml").write_text(candidate, encoding="utf-8")
    return tmp_path


async def replay(*options: str) -> Result:
    """Away from the event loop of the test, because the command has its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, ("replay", *options))


async def test_the_rules_in_use_move_nothing() -> None:
    result = await replay("--fail-if-moved", "0")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"Nothing changes: {COUNT:,} mails would be decided as before."
    assert lines[1].startswith("Agreement with the agents stays at 100% of 600 mails")
    assert re.search(rf"^unchanged +{COUNT:,} +100%$", result.stdout, re.MULTILINE)


async def test_a_candidate_shows_matrix_rules_agreement_and_examples_with_links() -> None:
    result = await replay("--rules", "candidate.yaml")
    assert result.exit_code == 0
    assert result.stdout.startswith("300 of 1,200 mails would move (25.0%).\n")
    assert re.search(r"^from \\ to +tech\nbilling +300$", result.stdout, re.MULTILINE)
    assert re.search(r"^money +300 +300$", result.stdout, re.MULTILINE)
    assert re.search(
        r"^moved, the newest:\n  \S+  billing -> tech, rule money, 90%  Refund for invoice INV-2041\n"
        r"    http://127\.0\.0\.1:8080/traces/trace-1196\?expires=\d+&signature=",
        result.stdout,
        re.MULTILINE,
    )


@pytest.mark.parametrize(("allowed", "code"), [("299", 1), ("300", 0), ("0", 1)])
async def test_more_moved_mails_than_allowed_fail_the_run(allowed: str, code: int) -> None:
    result = await replay("--rules", "candidate.yaml", "--fail-if-moved", allowed)
    assert result.exit_code == code
    assert result.stdout.startswith("300 of 1,200 mails would move")


async def test_json_is_the_same_each_time_and_the_same_in_more_processes() -> None:
    first = await replay("--rules", "candidate.yaml", "--json")
    again = await replay("--rules", "candidate.yaml", "--json", "--processes", "2")
    assert first.stdout == again.stdout
    document = json.loads(first.stdout)
    assert (document["partial"], document["report"]["moved"]) == (False, 300)


async def test_options_narrow_the_mails() -> None:
    for options, total in (
        (("--queue", "billing"), 300),
        (("--intent", "billing"), 300),
        (("--limit", "7"), 7),
        (("--queue", "orders", "--limit", "70"), 70),
    ):
        result = await replay("--json", *options)
        assert json.loads(result.stdout)["report"]["total"] == total


async def test_where_there_is_no_mail_it_says_what_to_do() -> None:
    result = await replay("--intent", "nothing")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "No decided mail was found.",
        "There is nothing to replay: take a longer --since, or leave out --queue and --intent.",
    ]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--since", "soon"), 2, "write 30s, 30m, 4h, 2d or 1h30m"),
        (("--queue", "refunds"), 2, "there are abuse, billing, orders, tech, triage"),
        (("--html", "nowhere/report.html"), 2, "cannot be written: No such file or directory"),
        (("--limit", "0"), 2, "--limit"),
        (("--rules", "nowhere.yaml"), 78, "nowhere.yaml:1:1: there is no such file"),
        (("--rules", "broken.yaml"), 78, "broken.yaml:1:1: "),
    ],
)
async def test_what_cannot_be_done_is_told(
    folder: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    (folder / "broken.yaml").write_text("rules: []\n", encoding="utf-8")
    result = await replay(*options)
    assert result.exit_code == code
    assert words in " ".join(re.sub(r"[│\s]+", " ", result.stderr).split())
    assert result.stdout == ""


async def test_a_database_that_cannot_be_read_may_be_tried_again() -> None:
    os.environ["DATABASE_URL"] = "sqlite+aiosqlite:///another.db"
    result = await replay()
    assert result.exit_code == 75
    assert result.stderr.startswith("the database cannot be used: ")


async def test_the_page_needs_nothing_else_and_runs_nothing(folder: Path) -> None:
    result = await replay("--rules", "candidate.yaml", "--html", "report.html")
    assert result.exit_code == 0
    assert "report.html is written.\n" in result.stderr
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<h1>300 of 1,200 mails would move (25.0%).</h1>" in page
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert re.search(r'<a href="http://127\.0\.0\.1:8080/traces/trace-1196\?expires=\d+&amp;signature=', page)
    assert [url for url in re.findall(r"https?://[^/\"]+", page) if url != "http://127.0.0.1:8080"] == []


class Terminal(io.StringIO):
    """A terminal at which somebody presses Ctrl-C as soon as the bar is seen."""

    task: asyncio.Task[int]

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if "of 1,200 mails" in text:
            self.task.cancel()
        return super().write(text)


async def test_ctrl_c_gives_what_was_found_so_far(
    shipped: SupportConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    terminal.task = asyncio.current_task()  # type: ignore[assignment] # the command runs in it
    code = await replay_command.run(
        create_services(load(), shipped),
        Wish(ruleset=shipped.ruleset(), scope=Scope()),
        processes=None,
        output=Output(as_json=False, html=None, fail_if_moved=0),
        progress=terminal,
    )
    assert code == EXIT_INTERRUPTED
    assert capsys.readouterr().out.startswith("PARTIAL: stopped after 0 of 1,200 mails, the newest first.\n")
