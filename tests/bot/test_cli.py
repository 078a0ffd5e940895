"""The `deskbell` command, run as people and supervisors run it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot import config
from bot.cli import app
from bot.clock import utc_now
from storage import migrations
from storage.unit_of_work import Storage
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from typer.testing import Result

ROOT = Path(__file__).parents[2]
EVERY_COMMAND = (
    "demo",
    "run",
    "web",
    "worker",
    "bench",
    "check",
    "explain",
    "replay",
    "doctor",
    "migrate",
    "dead-letters",
    "rules",
    "incident",
)
COMPLETE = {
    "SLACK_BOT_TOKEN": "xoxb-0123456789",
    "SLACK_SIGNING_SECRET": "signing-secret",
    "SMTP_HOST": "127.0.0.1",
    "DESKBELL_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "DESKBELL_WEBHOOK_SECRETS__MAILPARSE": "webhook-secret",
    "DESKBELL_WEBHOOK_SECRETS__RAW": "webhook-secret",
    "DESKBELL_CONFIG": str(SUPPORT_YAML),
}


class Cli:
    """The command in a folder and an environment of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    @property
    def database_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'var' / 'deskbell.db'}"

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, arguments)

    def in_a_process(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """For what sets up the logging of the whole process."""
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "bot", *arguments],
            env=self.environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )


@pytest.fixture
def deskbell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", dict(COMPLETE))
    return Cli(tmp_path, os.environ)  # type: ignore[arg-type] # it is the dict from here on


def test_help_lists_every_command(deskbell: Cli) -> None:
    result = deskbell("--help")
    assert result.exit_code == 0
    assert [name for name in EVERY_COMMAND if name not in result.stdout] == []


def test_check_praises_the_shipped_configuration(deskbell: Cli) -> None:
    result = deskbell("check", str(SUPPORT_YAML))
    assert result.exit_code == 0
    assert re.fullmatch(
        r".*/support\.yaml: ok\. \d+ queues, \d+ rules, \d+ tests, \d+ sources, rule set [0-9a-f]{12}\n",
        result.stdout,
    )
    assert result.stderr == "", "no warning"


def test_check_tells_every_mistake_with_its_place(deskbell: Cli) -> None:
    lines = SUPPORT_YAML.read_text().splitlines()
    channel = next(number for number, line in enumerate(lines) if 'channel: "#billing"' in line)
    lines[channel] = "    chanel: billing"
    stop = next(number for number, line in enumerate(lines) if "stop: false" in line)
    lines[stop] = "    stop: no"
    (deskbell.folder / "support.yaml").write_text("\n".join(lines))
    result = deskbell("check")
    assert result.exit_code == 78
    assert result.stdout == ""
    told = result.stderr.splitlines()
    assert (
        f"support.yaml:{channel + 1}:5: queues.billing.chanel: unknown key 'chanel'; did you mean channel?"
        in told
    )
    assert f"support.yaml:{stop + 1}:11: rules[0].stop: must be true or false" in told
    assert told[-1] == "support.yaml: 3 errors", "the missing channel too"


FAILING = """\
tests:
  - mail: {subject: Refund}
    expect: {queue: triage}
"""


def with_a_failing_test(folder: Path) -> Path:
    """The shipped configuration, with other tests of the desk."""
    path = folder / "support.yaml"
    path.write_text(SUPPORT_YAML.read_text().partition("\ntests:\n")[0] + "\n" + FAILING)
    return path


def test_check_runs_the_tests_and_run_does_not(deskbell: Cli) -> None:
    path = with_a_failing_test(deskbell.folder)
    result = deskbell("check")
    line = len(path.read_text().splitlines())
    assert result.exit_code == 78
    assert result.stderr.splitlines() == [
        f"support.yaml:{line}:5: tests[0].expect: expected the queue triage, but the rule money sends it to billing",
        "support.yaml: 1 error",
    ]
    assert config.load(path).queues, "what `run` starts with"


def test_check_speaks_json_to_programs(deskbell: Cli) -> None:
    good = deskbell("check", "--json", str(SUPPORT_YAML))
    told = json.loads(good.stdout)
    assert (good.exit_code, told["ok"], told["problems"], len(told["ruleset"])) == (0, True, [], 64)
    assert told["counts"].keys() == {"errors", "warnings", "queues", "rules", "tests", "sources"}
    path = with_a_failing_test(deskbell.folder)
    bad = deskbell("check", "--json", str(path))
    told = json.loads(bad.stdout)
    assert (bad.exit_code, bad.stderr, told["ok"], told["counts"]["errors"]) == (78, "", False, 1)
    (problem,) = told["problems"]
    assert problem.keys() == {"file", "line", "column", "path", "severity", "code", "message"}
    assert (problem["file"], problem["code"], problem["severity"]) == (str(path), "failing-test", "error")
    unusable = deskbell("check", "--json", "nowhere.yaml")
    told = json.loads(unusable.stdout)
    assert (unusable.exit_code, told["ok"], told["ruleset"], told["counts"]["errors"]) == (78, False, None, 1)


def test_check_exits_with_0_on_a_warning_unless_it_is_strict(deskbell: Cli) -> None:
    text = SUPPORT_YAML.read_text().replace(
        "  triage:\n", "  idle: {name: I, description: I, channel: C0IDLE, on_call: U0IDLE}\n  triage:\n", 1
    )
    (deskbell.folder / "support.yaml").write_text(text)
    relaxed, strict = deskbell("check"), deskbell("check", "--strict")
    assert (relaxed.exit_code, strict.exit_code) == (0, 78)
    assert "queues.idle: warning: no rule" in relaxed.stderr
    assert relaxed.stdout.startswith("support.yaml: ok with 1 warning. ")
    assert strict.stderr.endswith("\nsupport.yaml: 1 warning\n")


async def hit(url: str, *rules: str, ago: timedelta) -> None:
    storage = Storage(url)
    async with storage.unit_of_work() as uow:
        await uow.rule_hits.add(rules, trace_id="t", now=utc_now() - ago)
        await uow.commit()
    await storage.database.close()


def test_check_asks_the_stored_history_which_rules_no_mail_has_needed(deskbell: Cli) -> None:
    deskbell("migrate")
    check = ("check", str(SUPPORT_YAML), "--history", "30d")
    asyncio.run(hit(deskbell.database_url, "money", ago=timedelta(days=31)))
    (nothing,) = deskbell(*check).stderr.splitlines()
    assert nothing.endswith(
        ": rules: warning: no mail of the last 30 days was routed by these rules: nothing to judge them by"
    )
    asyncio.run(hit(deskbell.database_url, "money", "locked-out", ago=timedelta(days=29)))
    result = deskbell(*check)
    unneeded = re.findall(r":(\d+):9: .* had no effect on any mail of the last 30 days", result.stderr)
    lines = SUPPORT_YAML.read_text().splitlines()
    assert [lines[int(number) - 1].strip() for number in unneeded] == [
        "- id: gold-customer",
        "- id: abuse-report",
        "- id: order-or-parcel",
        "- id: something-broken",
    ]
    assert result.exit_code == 0


def test_a_history_that_is_no_duration_is_a_wrong_usage(deskbell: Cli) -> None:
    result = deskbell("check", str(SUPPORT_YAML), "--history", "ever")
    assert result.exit_code == 2
    assert "'ever' is not a duration" in result.stderr


def test_check_of_a_missing_file(deskbell: Cli) -> None:
    result = deskbell("check", "nowhere.yaml")
    assert result.exit_code == 78
    assert result.stderr.startswith("nowhere.yaml:1:1: ")


def test_run_names_everything_that_is_missing(deskbell: Cli) -> None:
    deskbell.environment.clear()
    result = deskbell("run")
    assert result.exit_code == 78
    names = [line.partition(":")[0] for line in result.stderr.splitlines()]
    assert names == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SMTP_HOST", "DESKBELL_SECRET_KEY"]


def test_run_needs_a_secret_for_every_source(deskbell: Cli) -> None:
    del deskbell.environment["DESKBELL_WEBHOOK_SECRETS__RAW"]
    result = deskbell.in_a_process("run")
    assert result.returncode == 78
    assert result.stderr.splitlines()[-1].startswith("DESKBELL_WEBHOOK_SECRETS__RAW: not set")


@pytest.mark.parametrize(
    ("command", "directory", "variable"),
    [
        ("run", "{kind: hubspot}", "DESKBELL_DIRECTORY_SECRET"),
        ("doctor", "{kind: sql, query: 'SELECT :email AS name'}", "DESKBELL_DIRECTORY_URL"),
    ],
)
def test_a_directory_needs_what_opens_it(deskbell: Cli, command: str, directory: str, variable: str) -> None:
    config = SUPPORT_YAML.read_text().replace("sources:\n", f"directory: {directory}\nsources:\n", 1)
    path = deskbell.folder / "support.yaml"
    path.write_text(config)
    deskbell.environment["DESKBELL_CONFIG"] = str(path)
    result = deskbell.in_a_process(command)
    assert result.returncode == 78
    assert result.stderr.splitlines()[-1] == f"{variable}: not set; the directory in support.yaml needs it"


@pytest.mark.parametrize(
    ("command", "queue_url", "problem"),
    [
        ("web", None, "DATABASE_URL: deskbell web needs PostgreSQL; on SQLite use deskbell run"),
        ("worker", None, "DATABASE_URL: deskbell worker needs PostgreSQL; on SQLite use deskbell run"),
        ("run", "amqp://broker/", "QUEUE_URL: a broker needs PostgreSQL behind it; see DATABASE_URL"),
    ],
)
def test_sqlite_is_for_one_process(deskbell: Cli, command: str, queue_url: str | None, problem: str) -> None:
    if queue_url:
        deskbell.environment["QUEUE_URL"] = queue_url
    result = deskbell.in_a_process(command)
    assert (result.returncode, result.stderr) == (78, f"{problem}\n")


@pytest.mark.parametrize(
    ("queue_url", "problem"),
    [
        ("sqs://eu-west-1", "write sqs://REGION/QUEUE"),
        ("sqs:///deskbell", "write sqs://REGION/QUEUE"),
        ("kafka://broker:9092", "write kafka://HOST:PORT/TOPIC"),
        ("kafka:///topic", "write kafka://HOST:PORT/TOPIC"),
    ],
)
def test_a_broker_is_named_in_full(deskbell: Cli, queue_url: str, problem: str) -> None:
    deskbell.environment["DATABASE_URL"] = "postgresql+asyncpg://deskbell@127.0.0.1/deskbell"
    deskbell.environment["QUEUE_URL"] = queue_url
    result = deskbell.in_a_process("run")
    assert (result.returncode, result.stderr) == (78, f"QUEUE_URL: {problem}\n")


@pytest.mark.parametrize(
    ("url", "package", "extra"),
    [
        ("amqps://broker/", "aio_pika", "rabbitmq"),
        ("sqs://eu-west-1/deskbell", "aiobotocore.session", "sqs"),
        ("kafka://broker:9092/deskbell", "aiokafka", "kafka"),
    ],
)
def test_a_broker_whose_client_is_not_installed_says_what_to_install(
    deskbell: Cli, monkeypatch: pytest.MonkeyPatch, url: str, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"bot.integrations.{extra}_transport", raising=False)
    deskbell.environment["DATABASE_URL"] = "postgresql+asyncpg://deskbell@127.0.0.1/deskbell"
    deskbell.environment["QUEUE_URL"] = url
    result = deskbell("doctor")
    scheme = url.partition(":")[0]
    assert (result.exit_code, result.stderr) == (
        78,
        f"QUEUE_URL: {scheme}:// needs pip install 'deskbell[{extra}]'\n",
    )


def test_run_without_its_database_may_be_tried_again(deskbell: Cli) -> None:
    (deskbell.folder / "var" / "deskbell.db").mkdir(parents=True)
    result = deskbell.in_a_process("run")
    assert result.returncode == 75
    assert "\nthe database cannot be used: " in result.stderr
    assert "sqlalchemy" not in result.stderr, "no traceback"


def test_migrate_makes_the_schema_and_says_when_there_is_nothing_to_do(deskbell: Cli) -> None:
    first, again = deskbell("migrate"), deskbell("migrate")
    assert (first.exit_code, first.stdout) == (0, f"The database is at revision {migrations.HEAD}.\n")
    assert (again.exit_code, again.stdout) == (0, f"The database is at revision {migrations.HEAD} already.\n")


async def dead_letter(url: str, *, kind: str = "slack.post_card") -> int:
    """The id of the one dead letter of a database."""
    storage, now = Storage(url), utc_now()
    async with storage.unit_of_work() as uow:
        await uow.outbox.enqueue(kind, lane="slack.post:#x", payload={}, trace_id="t", now=now)
        (entry,) = await uow.outbox.claim(
            "slack.post:#x", limit=1, worker="w", now=now, lease=timedelta(minutes=1)
        )
        await uow.outbox.bury(entry, now=now, error="Slack: is_archived")
        await uow.commit()
    await storage.database.close()
    return entry.id


def test_dead_letters_are_listed_and_tried_again(deskbell: Cli) -> None:
    deskbell("migrate")
    entry_id = asyncio.run(dead_letter(deskbell.database_url))
    listed = deskbell("dead-letters", "list")
    assert listed.exit_code == 0
    assert listed.stdout.split("\t")[:3] == [str(entry_id), "slack.post_card", "slack.post:#x"]
    assert listed.stdout.endswith("\tSlack: is_archived\n")
    retried = deskbell("dead-letters", "retry", str(entry_id))
    assert (retried.exit_code, retried.stdout.split()[0]) == (0, "1")
    nothing = deskbell("dead-letters", "list")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    again = deskbell("dead-letters", "retry", str(entry_id))
    assert (again.exit_code, again.stderr) == (1, f"not dead letters: {entry_id}\n")


def test_a_dead_letter_is_shown_whole_and_discarded(deskbell: Cli) -> None:
    deskbell("migrate")
    entry_id = str(asyncio.run(dead_letter(deskbell.database_url)))
    shown = json.loads(deskbell("dead-letters", "show", entry_id).stdout)
    assert (shown["reason"], shown["payload"]) == ("Slack: is_archived", {})
    (line,) = deskbell("dead-letters", "list", "--json").stdout.splitlines()
    assert json.loads(line)["id"] == int(entry_id)
    assert deskbell("dead-letters", "discard", entry_id).stdout == "1 discarded.\n"
    for command in ("retry", "discard"):
        again = deskbell("dead-letters", command, entry_id)
        assert (again.exit_code, again.stderr) == (1, f"not dead letters: {entry_id}\n")
    gone = deskbell("dead-letters", "show", entry_id)
    assert (gone.exit_code, gone.stderr) == (1, f"not a dead letter: {entry_id}\n")


def test_what_a_mail_waits_for_is_not_discarded(deskbell: Cli) -> None:
    deskbell("migrate")
    entry_id = str(asyncio.run(dead_letter(deskbell.database_url, kind="triage")))
    refused = deskbell("dead-letters", "discard", entry_id)
    assert refused.exit_code == 1
    assert "try it again instead" in refused.stderr
    assert deskbell("dead-letters", "list").stdout.startswith(entry_id)


def test_tests_are_suggested_only_of_what_people_moved(deskbell: Cli) -> None:
    deskbell("migrate")
    result = deskbell("rules", "suggest-tests", "--since", "7d", "--limit", "3")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Nobody moved a ticket to another queue in this time.\n"
    for wrong in ("soon", "999999999d"):
        assert deskbell("rules", "suggest-tests", "--since", wrong).exit_code == 2


def test_a_database_without_a_schema_is_told_without_a_traceback(deskbell: Cli) -> None:
    result = deskbell("dead-letters", "list")
    assert result.exit_code == 75
    assert "Traceback" not in result.stderr


def test_an_incident_that_does_not_exist_has_no_postmortem(deskbell: Cli) -> None:
    assert deskbell("migrate").exit_code == 0
    result = deskbell("incident", "postmortem", "INC-7")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "there is no incident 7\n"
    assert deskbell("incident", "postmortem", "seven").exit_code == 2
