"""The environment: what is read, what is refused, and that every fault names its variable."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bot import settings
from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

COMPLETE = {
    "SLACK_BOT_TOKEN": "xoxb-0123456789",
    "SLACK_SIGNING_SECRET": "signing-secret",
    "SMTP_HOST": "mail.example.com",
    "DESKBELL_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "DESKBELL_WEBHOOK_SECRETS__MAILPARSE": "the-new-secret, the-old-secret",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """A complete environment, to be changed by the test, in a folder without a .env."""
    monkeypatch.chdir(tmp_path)
    environment = dict(COMPLETE)
    monkeypatch.setattr(os, "environ", environment)
    return environment


def problems() -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings.load()
    return str(caught.value).splitlines()


@pytest.mark.usefixtures("environment")
def test_several_secrets_of_a_source_are_all_good_in_the_order_given() -> None:
    assert settings.load().secrets_of("mailparse") == ("the-new-secret", "the-old-secret")


def test_a_source_with_a_hyphen_has_a_variable_with_an_underscore(environment: dict[str, str]) -> None:
    environment["DESKBELL_WEBHOOK_SECRETS__MY_SOURCE"] = "another-secret"
    assert settings.load().secrets_of("my-source") == ("another-secret",)
    with pytest.raises(SettingsError, match=r"^DESKBELL_WEBHOOK_SECRETS__OTHER_ONE: not set"):
        settings.load().secrets_of("other-one")


@pytest.mark.parametrize("value", ["", ",", " , "])
def test_an_empty_list_of_secrets_is_no_open_door(environment: dict[str, str], value: str) -> None:
    environment["DESKBELL_WEBHOOK_SECRETS__MAILPARSE"] = value
    with pytest.raises(SettingsError, match=r"^DESKBELL_WEBHOOK_SECRETS__MAILPARSE: not set"):
        settings.load().secrets_of("mailparse")


def test_everything_that_is_missing_is_named_at_once(environment: dict[str, str]) -> None:
    environment.clear()
    assert problems() == [
        f"{name}: not set; see .env.example"
        for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SMTP_HOST", "DESKBELL_SECRET_KEY")
    ]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("DESKBELL_SECRET_KEY", "short", "should have at least 32 items"),
        ("SLACK_BOT_TOKEN", "short", "should have at least 8 items"),
        ("SMTP_PORT", "mail", "should be a valid integer"),
        ("SMTP_SECURITY", "ssl", "should be 'starttls', 'tls' or 'none'"),
        ("DESKBELL_MAX_BODY_BYTES", "0", "greater than or equal to 1024"),
        ("DESKBELL_LOG_LEVEL", "loud", "should be 'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(
    environment: dict[str, str], name: str, value: str, problem: str
) -> None:
    """A secret that is wrong is still a secret, and start-up errors end in logs."""
    environment[name] = value
    (line,) = problems()
    assert line.startswith(f"{name}: ")
    assert problem in line
    assert "short" not in line


def test_a_secret_may_stand_in_a_file(environment: dict[str, str], tmp_path: Path) -> None:
    for name in ("SLACK_BOT_TOKEN", "DESKBELL_WEBHOOK_SECRETS__MAILPARSE"):
        (tmp_path / name).write_text(f"{environment.pop(name)}\n")
        environment[f"{name}_FILE"] = str(tmp_path / name)
    loaded = settings.load()
    assert loaded.slack_bot_token.get_secret_value() == COMPLETE["SLACK_BOT_TOKEN"]
    assert loaded.secrets_of("mailparse") == ("the-new-secret", "the-old-secret")


def test_a_secret_file_that_cannot_be_read_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    environment["SLACK_BOT_TOKEN_FILE"] = str(tmp_path / "missing")
    del environment["SLACK_BOT_TOKEN"]
    assert problems() == ["SLACK_BOT_TOKEN_FILE: cannot be read: No such file or directory"]


def test_files_of_other_programs_are_left_alone(environment: dict[str, str], tmp_path: Path) -> None:
    environment["SSL_CERT_FILE"] = str(tmp_path / "missing")
    settings.load()
    assert "SSL_CERT" not in environment


@pytest.mark.usefixtures("environment")
def test_no_secret_is_shown_where_settings_are_printed() -> None:
    shown = repr(settings.load())
    assert not [
        value for value in (*COMPLETE.values(), "the-old-secret") if value in shown and "." not in value
    ]


@pytest.mark.usefixtures("environment")
def test_the_environment_wins_over_the_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SMTP_HOST=other.example.com\nSMTP_PORT=2525\n")
    loaded = settings.load()
    assert (loaded.smtp_host, loaded.smtp_port) == ("mail.example.com", 2525)


@pytest.mark.parametrize("address", ["/run/clamav/clamd.ctl", "scanner.example:3310", "127.0.0.1:3310"])
def test_a_scanner_is_a_socket_or_a_host_with_its_port(environment: dict[str, str], address: str) -> None:
    environment["CLAMAV_SOCKET"] = address
    assert settings.load().clamav_socket == address


@pytest.mark.parametrize("address", ["clamd.ctl", "scanner.example", "tcp://scanner.example:3310", ":3310"])
def test_anything_else_is_no_scanner(environment: dict[str, str], address: str) -> None:
    environment["CLAMAV_SOCKET"] = address
    assert problems() == ["CLAMAV_SOCKET: Value error, write the path of a socket, or host:port"]


def test_a_broker_is_one_of_three_kinds(environment: dict[str, str]) -> None:
    for url in (
        "amqp://user:secret-1@host/",
        "amqps://host/",
        "sqs://eu-west-1/desk",
        "kafka://host:9092/desk",
    ):
        environment["QUEUE_URL"] = url
        loaded = settings.load()
        assert loaded.queue_url is not None
        assert loaded.queue_url.get_secret_value() == url
        assert "secret-1" not in repr(loaded)
    for url in ("redis://host/", "amqp:", "host:5672"):
        environment["QUEUE_URL"] = url
        assert problems() == ["QUEUE_URL: Value error, it begins with amqp://, amqps://, sqs:// or kafka://"]


def test_a_file_fills_a_variable_that_is_empty(environment: dict[str, str], tmp_path: Path) -> None:
    """Such as one that a template of a `.env` names without a value."""
    (tmp_path / "queue_url").write_text("amqp://host/\n")
    environment["QUEUE_URL"] = ""
    environment["QUEUE_URL_FILE"] = str(tmp_path / "queue_url")
    loaded = settings.load()
    assert loaded.queue_url is not None
    assert loaded.queue_url.get_secret_value() == "amqp://host/"


def test_a_directory_says_which_variable_it_needs(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"^DESKBELL_DIRECTORY_SECRET: not set"):
        settings.load().directory_secret()
    with pytest.raises(SettingsError, match=r"^DESKBELL_DIRECTORY_URL: not set"):
        settings.load().directory_url()
    environment["DESKBELL_DIRECTORY_SECRET"] = "pat-1"
    assert settings.load().directory_secret() == "pat-1"
    assert "pat-1" not in repr(settings.load())


def test_a_pager_has_a_secret_of_its_own_from_its_variable_or_a_file(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("key-from-a-file\n", encoding="utf-8")
    environment["DESKBELL_PAGER_SECRETS__PD"] = "key-from-a-variable"
    environment["DESKBELL_PAGER_SECRETS__OUR_HOOK_FILE"] = str(tmp_path / "key")
    loaded = settings.load()
    assert loaded.pager_secret_of("pd") == "key-from-a-variable"
    assert loaded.pager_secret_of("our-hook") == "key-from-a-file"
    assert "key-from" not in repr(loaded)
    with pytest.raises(SettingsError, match=r"^DESKBELL_PAGER_SECRETS__JSM_EU: not set; the pager 'jsm-eu'"):
        loaded.pager_secret_of("jsm-eu")
