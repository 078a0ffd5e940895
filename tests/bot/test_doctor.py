"""The doctor looks at a real database, the sandbox's Slack and its SMTP server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot import config as config_module
from bot import doctor
from bot.app import create_services
from bot.config_directory import CsvDirectory
from bot.config_pagers import PagerDuty
from bot.integrations.rabbitmq_transport import RabbitMqTransport
from bot.integrations.slack import SlackWorkspace
from bot.integrations.smtp import SmtpMailSender
from tests import desk as desk_module
from tests.pagers import PagerDutyServer
from tests.servers import free_port

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from bot.sandbox import Sandbox
    from bot.settings import Settings
    from tests.desk import Desk


async def problems(
    settings: Settings, *, ahead: timedelta = timedelta(), directory: CsvDirectory | None = None
) -> dict[str, str]:
    """What the doctor finds wrong, by name."""
    config = config_module.load(desk_module.SUPPORT_YAML).model_copy(update={"directory": directory})
    services = create_services(settings, config, clock=lambda: datetime.now(UTC) + ahead)
    try:
        findings = await doctor.examine(
            services,
            workspace=SlackWorkspace.from_settings(settings),
            mail_sender=SmtpMailSender.from_settings(settings),
        )
    finally:
        await services.storage.database.close()
    return {finding.name: finding.problem for finding in findings if finding.problem}


async def test_a_desk_that_works_has_no_problems(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    assert await problems(desk.settings) == {}


async def test_a_new_database_wants_to_be_migrated(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = desk_module.settings(sandbox, tmp_path_factory.mktemp("new"))
    assert "run deskbell migrate" in (await problems(settings))["database"]


async def test_a_channel_without_the_app_is_named_with_what_to_do(desk: Desk) -> None:
    await desk.sandbox.leave("#orders")
    assert await problems(desk.settings) == {"channels": "not in #orders: type /invite @Deskbell there"}


async def test_a_wrong_token_is_a_problem_of_slack(desk: Desk) -> None:
    settings = desk.settings.model_copy(
        update={"slack_bot_token": type(desk.settings.slack_bot_token)("xoxb-wrong")}
    )
    found = await problems(settings)
    assert found["slack"] == "Slack: invalid_auth"
    assert "database" not in found


async def test_a_relay_that_is_away_is_a_problem_of_smtp(desk: Desk) -> None:
    settings = desk.settings.model_copy(update={"smtp_port": 1})
    assert list(await problems(settings)) == ["smtp"]


async def test_a_directory_that_fails_is_named_and_one_that_knows_nobody_is_well(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    directory = CsvDirectory(kind="csv", path=str(path))
    assert "customers.csv cannot be read" in (await problems(desk.settings, directory=directory))["directory"]
    path.write_text("email\n", encoding="utf-8")
    assert await problems(desk.settings, directory=directory) == {}


async def test_an_entry_that_waits_too_long_asks_for_the_worker(desk: Desk) -> None:
    desk.sandbox.smtp_reject("maria@customer.example", "451 4.3.0 try later")
    await desk.deliver()
    await desk.settle()
    assert "is deskbell run running?" in (await problems(desk.settings, ahead=timedelta(hours=1)))["outbox"]


async def test_pagers_are_named_and_not_called(desk: Desk) -> None:
    server = PagerDutyServer()
    async with server.running():
        settings = desk.settings.model_copy(
            update={"deskbell_pager_secrets": {"pd": SecretStr(server.secret)}}
        )
        config = config_module.load(desk_module.SUPPORT_YAML)
        pager = PagerDuty(kind="pagerduty", url=server.url)
        services = create_services(settings, config.model_copy(update={"pagers": {"pd": pager}}))
        findings = await doctor.examine(
            services,
            workspace=SlackWorkspace.from_settings(settings),
            mail_sender=SmtpMailSender.from_settings(settings),
        )
        await services.pagers["pd"].close()
        await services.storage.database.close()
    (found,) = [finding for finding in findings if finding.name == "pagers"]
    assert found.detail == "pd (pagerduty): secret set; nobody was called to try it"
    assert server.told == []


async def test_a_broker_that_does_not_answer_is_a_problem(desk: Desk) -> None:
    config = config_module.load(desk_module.SUPPORT_YAML)
    services = create_services(desk.settings, config)
    transport = RabbitMqTransport(f"amqp://127.0.0.1:{free_port()}/")
    try:
        findings = await doctor.examine(
            services,
            workspace=SlackWorkspace.from_settings(desk.settings),
            mail_sender=SmtpMailSender.from_settings(desk.settings),
            transport=transport,
        )
    finally:
        await services.storage.database.close()
    (problem,) = [finding.problem for finding in findings if finding.problem]
    assert "Connect call failed" in problem
