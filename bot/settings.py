"""Secrets and addresses, from the environment or a `.env` file. What a team decides stands in support.yaml."""

from __future__ import annotations

import os
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
    smtp_host: str
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """`none` is for a relay on the same machine only."""
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    deskbell_config: Path = Path("support.yaml")
    deskbell_host: str = "127.0.0.1"
    deskbell_port: int = Field(8080, ge=0, le=65535)
    deskbell_public_url: str = "http://127.0.0.1:8080"
    """How browsers reach this process; the Trace links start with it."""
    deskbell_secret_key: Annotated[SecretStr, Field(min_length=32)]
    """Signs the Trace links. Changing it ends every link that is out."""
    deskbell_webhook_secrets: dict[str, Annotated[tuple[Secret, ...], NoDecode]] = {}
    """By source: `DESKBELL_WEBHOOK_SECRETS__MAILPARSE=new,old`. Each of several is accepted, for rotation."""
    deskbell_max_body_bytes: int = Field(2 * 1024 * 1024, ge=1024)
    """The largest webhook body; larger ones are answered 413."""
    deskbell_log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("deskbell_webhook_secrets", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            source.lower().replace("_", "-"): tuple(
                part.strip() for part in secrets.split(",") if part.strip()
            )
            if isinstance(secrets, str)
            else secrets
            for source, secrets in value.items()
        }

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
            name = f"DESKBELL_WEBHOOK_SECRETS__{source.upper().replace('-', '_')}"
            raise SettingsError(f"{name}: not set; the source '{source}' in support.yaml needs a secret")
        return tuple(secret.get_secret_value() for secret in secrets)


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
    """`NAME_FILE=/run/secrets/name` sets NAME, as container platforms hand out secrets."""
    fields = {name.upper() for name in Settings.model_fields}
    for key in [key for key in environment if key.endswith("_FILE")]:
        name = key.removesuffix("_FILE")
        if name.partition("__")[0].upper() not in fields or name in environment:
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
