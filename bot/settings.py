"""Secrets and addresses, from the environment or a `.env` file. What a team decides stands in support.yaml."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

Secret = Annotated[SecretStr, Field(min_length=8)]


class Settings(BaseSettings):
    """One field, one environment variable of the same name in capitals. `NAME_FILE` reads the value from a file."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, env_nested_delimiter="__", extra="ignore", frozen=True
    )

    slack_bot_token: Secret
    """`xoxb-…`, from "OAuth & Permissions" of the Slack app."""
    slack_signing_secret: Secret
    """From "Basic Information" of the Slack app; requests that are not signed with it are refused."""
    slack_app_token: Secret | None = None
    """`xapp-…`; when set, Slack is reached by Socket Mode and no public URL is needed."""
    slack_api_url: str = "https://slack.com/api/"
    database_url: str = "sqlite+aiosqlite:///var/deskbell.db"
    """An SQLAlchemy URL: `sqlite+aiosqlite:///PATH` or `postgresql+asyncpg://USER:PASSWORD@HOST/NAME`."""
    queue_url: SecretStr | None = None
    """A broker between processes: `amqp://`, `amqps://`, `sqs://` or `kafka://`; unset: PostgreSQL does it."""
    deskbell_blob_url: str | None = None
    """Where attachments lie: `file:///FOLDER`, or a bucket: `s3://`, `gs://`, `az://`; unset: beside the database."""
    clamav_socket: str | None = None
    """The virus scanner: the path of clamd's socket, or `host:port`; unset: nothing is scanned."""
    smtp_host: str
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """`none` is for a relay on the same machine only."""
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    deskbell_config: Path = Path("support.yaml")
    deskbell_host: str = "127.0.0.1"
    deskbell_port: int = Field(8080, ge=0, le=65535)
    deskbell_worker_port: int = Field(8081, ge=0, le=65535)
    """Where `deskbell worker` answers a supervisor and Prometheus."""
    deskbell_public_url: str = "http://127.0.0.1:8080"
    """How browsers reach this process; the Trace links start with it."""
    deskbell_secret_key: Annotated[SecretStr, Field(min_length=32)]
    """Signs the Trace links. Changing it ends every link that is out."""
    deskbell_api_token: Annotated[SecretStr, Field(min_length=16)] | None = None
    """Opens `POST /api/replay` as a bearer token; unset: there is no such address."""
    deskbell_webhook_secrets: dict[str, Annotated[tuple[Secret, ...], NoDecode]] = {}
    """By source: `DESKBELL_WEBHOOK_SECRETS__MAILPARSE=new,old`. Each of several is accepted, for rotation."""
    deskbell_poll_secrets: dict[str, Secret] = {}
    """By source: a bearer token, or `user:password` for IMAP: `DESKBELL_POLL_SECRETS__ARCHIVE=...`."""
    deskbell_pager_secrets: dict[str, Secret] = {}
    """By pager: an integration key of PagerDuty, an API key of JSM, or what signs a webhook."""
    deskbell_schedule_secrets: dict[str, Secret] = {}
    """By schedule: the address of an iCal feed, or a key of PagerDuty: `DESKBELL_SCHEDULE_SECRETS__NIGHT=...`."""
    deskbell_heartbeat_url: SecretStr | None = None
    """Asked every minute while no escalation is forgotten; a watchdog raises the alarm when it hears nothing."""
    deskbell_directory_secret: SecretStr | None = None
    """What opens the directory of support.yaml: a bearer token, or `key:secret` for Salesforce."""
    deskbell_directory_url: SecretStr | None = None
    """The database of a directory of the kind `sql`, as an SQLAlchemy URL."""
    deskbell_max_body_bytes: int = Field(2 * 1024 * 1024, ge=1024)
    """The largest webhook body; larger ones are answered 413. Of a larger mail in IMAP only the beginning is kept."""
    deskbell_log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("deskbell_webhook_secrets", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            _slug(source): tuple(part.strip() for part in secrets.split(",") if part.strip())
            if isinstance(secrets, str)
            else secrets
            for source, secrets in value.items()
        }

    @field_validator(
        "deskbell_poll_secrets", "deskbell_pager_secrets", "deskbell_schedule_secrets", mode="before"
    )
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        return {_slug(name): secret for name, secret in value.items()} if isinstance(value, dict) else value

    @field_validator("clamav_socket")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"/.+|[^\s/]+:\d{1,5}", value):
            raise ValueError("write the path of a socket, or host:port")
        return value

    @field_validator("queue_url")
    @classmethod
    def _is_broker(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.match(r"(amqps?|sqs|kafka)://.", value.get_secret_value()):
            raise ValueError("it begins with amqp://, amqps://, sqs:// or kafka://")
        return value

    @field_validator("deskbell_public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    def secrets_of(self, source: str) -> tuple[str, ...]:
        """The webhook secrets of a source; never empty.

        Raises:
            SettingsError: none is set, which would be an open door.
        """
        secrets = self.deskbell_webhook_secrets.get(source, ())
        if not secrets:
            raise _missing_secret("deskbell_webhook_secrets", source, noun="source")
        return tuple(secret.get_secret_value() for secret in secrets)

    def poll_secret_of(self, source: str) -> str:
        """What opens a polled source.

        Raises:
            SettingsError: it is not set.
        """
        if source not in self.deskbell_poll_secrets:
            raise _missing_secret("deskbell_poll_secrets", source, noun="source")
        return self.deskbell_poll_secrets[source].get_secret_value()

    def poll_login_of(self, source: str) -> tuple[str, str]:
        """User and password of a polled IMAP source.

        Raises:
            SettingsError: they are not set, or not written as `user:password`.
        """
        user, colon, password = self.poll_secret_of(source).partition(":")
        if not (user and colon and password and (user + password).isprintable()):
            raise SettingsError(f"{_variable('deskbell_poll_secrets', source)}: write it as user:password")
        return user, password

    def pager_secret_of(self, pager: str) -> str:
        """What opens a pager.

        Raises:
            SettingsError: it is not set.
        """
        if pager not in self.deskbell_pager_secrets:
            raise _missing_secret("deskbell_pager_secrets", pager, noun="pager")
        return self.deskbell_pager_secrets[pager].get_secret_value()

    def schedule_secret_of(self, schedule: str) -> str:
        """What opens the calendar of a schedule.

        Raises:
            SettingsError: it is not set.
        """
        if schedule not in self.deskbell_schedule_secrets:
            raise _missing_secret("deskbell_schedule_secrets", schedule, noun="schedule")
        return self.deskbell_schedule_secrets[schedule].get_secret_value()

    def directory_secret(self) -> str:
        """What opens the directory.

        Raises:
            SettingsError: it is not set.
        """
        return _needed("DESKBELL_DIRECTORY_SECRET", self.deskbell_directory_secret)

    def directory_url(self) -> str:
        """The database of the directory.

        Raises:
            SettingsError: it is not set.
        """
        return _needed("DESKBELL_DIRECTORY_URL", self.deskbell_directory_url)


def _needed(variable: str, secret: SecretStr | None) -> str:
    if secret is None:
        raise SettingsError(f"{variable}: not set; the directory in support.yaml needs it")
    return secret.get_secret_value()


def _slug(variable_part: str) -> str:
    """`MY_SHOP` in a variable's name is the source `my-shop`."""
    return variable_part.lower().replace("_", "-")


def _missing_secret(setting: str, name: str, *, noun: str) -> SettingsError:
    return SettingsError(
        f"{_variable(setting, name)}: not set; the {noun} '{name}' in support.yaml needs a secret"
    )


def _variable(setting: str, name: str) -> str:
    return f"{setting}__{name.replace('-', '_')}".upper()


def pager_variable(pager: str) -> str:
    """The variable that holds the secret of a pager."""
    return _variable("deskbell_pager_secrets", pager)


def load() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: with a line for each variable that is missing or wrong.
    """
    _read_secret_files(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        lines = (_explain(problem) for problem in error.errors(include_input=False, include_url=False))
        raise SettingsError("\n".join(lines)) from None


def _read_secret_files(environment: MutableMapping[str, str]) -> None:
    """`NAME_FILE=/run/secrets/name` sets NAME where it is empty, as container platforms hand out secrets."""
    fields = {name.upper() for name in Settings.model_fields}
    for key in [key for key in environment if key.endswith("_FILE")]:
        name = key.removesuffix("_FILE")
        if name.partition("__")[0].upper() not in fields or environment.get(name):
            continue
        try:
            environment[name] = Path(environment[key]).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{key}: cannot be read: {error.strerror}") from error


def _explain(problem: Mapping[str, Any]) -> str:
    name = "__".join(str(part) for part in problem["loc"]).upper()
    if problem["type"] == "missing":
        return f"{name}: not set; see .env.example"
    return f"{name}: {problem['msg']}"
