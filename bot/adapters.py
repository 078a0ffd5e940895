"""The adapters that the settings and support.yaml ask for; a large client is imported only where it is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.config_directory import CsvDirectory, HttpDirectory, HubSpotDirectory, SqlDirectory
from bot.config_pagers import JsmOperations, PagerDuty
from bot.config_schedules import FedSchedule
from bot.directory import Directory
from bot.errors import SettingsError
from bot.integrations.csv_directory import CsvRequesterDirectory
from bot.integrations.duty_calendars import HttpDutyCalendars
from bot.integrations.notify_transport import NotifyTransport
from bot.integrations.sql_directory import SqlRequesterDirectory
from bot.roles import Role
from bot.settings import pager_variable
from storage import blobs
from storage.notifications import Notifications

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.config import SupportConfig
    from bot.config_directory import Directory as DirectoryConfig
    from bot.config_pagers import Pager as PagerConfig
    from bot.integrations.interfaces import DutyCalendars, Heartbeat, Pager, RequesterDirectory, Transport
    from bot.settings import Settings
    from storage.blobs import BlobStore
    from storage.engine import Database
    from storage.unit_of_work import Storage


def transport(settings: Settings, storage: Storage, *, role: Role = Role.RUN) -> Transport | None:
    """What tells other processes of work; None where there is only this one, on SQLite.

    Raises:
        SettingsError: the role or the broker needs what is not there.
    """
    url = settings.queue_url.get_secret_value() if settings.queue_url else None
    if storage.database.is_sqlite:
        if role is not Role.RUN:
            raise SettingsError(f"DATABASE_URL: deskbell {role} needs PostgreSQL; on SQLite use deskbell run")
        if url:
            raise SettingsError("QUEUE_URL: a broker needs PostgreSQL behind it; see DATABASE_URL")
        return None
    if url is None:
        return NotifyTransport(Notifications(storage.database, "deskbell_outbox"))
    return _broker(url)


def _broker(url: str) -> Transport:
    scheme = url.partition(":")[0]
    # Each needs a client of its own, and one desk has one broker.
    try:
        if scheme == "sqs":
            from bot.integrations.sqs_transport import SqsTransport  # noqa: PLC0415

            return SqsTransport(url)
        if scheme == "kafka":
            from bot.integrations.kafka_transport import KafkaTransport  # noqa: PLC0415

            return KafkaTransport(url)
        from bot.integrations.rabbitmq_transport import RabbitMqTransport  # noqa: PLC0415
    except ImportError as error:
        extra = scheme if scheme in {"sqs", "kafka"} else "rabbitmq"
        raise SettingsError(f"QUEUE_URL: {scheme}:// needs pip install 'deskbell[{extra}]'") from error
    except ValueError as error:
        raise SettingsError(f"QUEUE_URL: {error}") from error
    return RabbitMqTransport(url)


def blob_store(settings: Settings, database: Database) -> BlobStore:
    """The store of attachments; by default a folder beside the file of an SQLite database, else `var/blobs`.

    Raises:
        SettingsError: there is no such store.
    """
    file = (database.is_sqlite and database.url.database) or "var/deskbell.db"
    url = settings.deskbell_blob_url or Path(file).absolute().with_name("blobs").as_uri()
    try:
        return blobs.open_store(url)
    except ImportError as error:
        raise SettingsError(
            "DESKBELL_BLOB_URL: a bucket needs pip install 'deskbell[attachments]'"
        ) from error
    except ValueError as error:
        raise SettingsError(f"DESKBELL_BLOB_URL: {error}") from error


def heartbeat(settings: Settings) -> Heartbeat | None:
    """Who outside is told every minute that no escalation is forgotten; None where nobody is."""
    if settings.deskbell_heartbeat_url is None:
        return None
    from bot.integrations.http_heartbeat import HttpHeartbeat  # noqa: PLC0415 - its HTTP client is large

    return HttpHeartbeat(settings.deskbell_heartbeat_url)


def directory(settings: Settings, config: SupportConfig, *, clock: Clock) -> Directory | None:
    """Where requesters are looked up; None where support.yaml names no directory.

    Raises:
        SettingsError: what opens it is not set, or not as it should be.
    """
    chosen = config.directory
    if chosen is None:
        return None
    return Directory(_adapter(settings, chosen), timeout=chosen.timeout, cache=chosen.cache, clock=clock)


def _adapter(settings: Settings, chosen: DirectoryConfig) -> RequesterDirectory:
    if isinstance(chosen, CsvDirectory):
        return CsvRequesterDirectory(chosen)
    if isinstance(chosen, SqlDirectory):
        return SqlRequesterDirectory(chosen, url=settings.directory_url())
    # Their HTTP client is large, and few desks need it.
    from bot.integrations.http_directory import HttpRequesterDirectory  # noqa: PLC0415
    from bot.integrations.hubspot_directory import HubSpotRequesterDirectory  # noqa: PLC0415
    from bot.integrations.salesforce_directory import SalesforceRequesterDirectory  # noqa: PLC0415

    if isinstance(chosen, HttpDirectory):
        token = settings.deskbell_directory_secret
        return HttpRequesterDirectory(chosen, token=token.get_secret_value() if token else None)
    if isinstance(chosen, HubSpotDirectory):
        return HubSpotRequesterDirectory(chosen, token=settings.directory_secret())
    return SalesforceRequesterDirectory(chosen, login=settings.directory_secret())


def duty_calendars(settings: Settings, config: SupportConfig) -> DutyCalendars:
    """The way to the calendars that say who is on call.

    Raises:
        SettingsError: what opens one of them is not set.
    """
    for name, schedule in config.schedules.items():
        if isinstance(schedule, FedSchedule):
            settings.schedule_secret_of(name)
    return HttpDutyCalendars(settings.deskbell_schedule_secrets)


def pager(settings: Settings, name: str, chosen: PagerConfig, *, clock: Clock) -> Pager:
    """A service that calls people.

    Raises:
        SettingsError: its secret is not set, or not as it should be.
    """
    # As for a directory.
    from bot.integrations.jsm_pager import JsmPager  # noqa: PLC0415
    from bot.integrations.pagerduty_pager import PagerDutyPager  # noqa: PLC0415
    from bot.integrations.webhook_pager import WebhookPager  # noqa: PLC0415

    secret, secret_name = settings.pager_secret_of(name), pager_variable(name)
    if isinstance(chosen, PagerDuty):
        return PagerDutyPager(chosen, secret=secret, secret_name=secret_name)
    if isinstance(chosen, JsmOperations):
        return JsmPager(chosen, secret=secret, secret_name=secret_name)
    return WebhookPager(chosen, secret=secret, secret_name=secret_name, clock=clock)
