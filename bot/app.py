"""Puts everything together: the only place that names concrete adapters. Nothing is built at import."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)

from bot import lifecycle, listeners
from bot.active import Active
from bot.attachments.scan import ScanAttachment
from bot.attachments.store import StoreAttachment
from bot.clock import utc_now
from bot.config_directory import CsvDirectory, HttpDirectory, HubSpotDirectory, SqlDirectory
from bot.config_pagers import JsmOperations, PagerDuty
from bot.config_schedules import FedSchedule
from bot.config_sources import ImapPoll, RestPoll
from bot.desk.cards import PostCard, RetireCard, UpdateCard
from bot.desk.notices import (
    NotifyOperators,
    PostFollowUp,
    PostSentReply,
    PostUndelivered,
    PostUnparseable,
)
from bot.desk.replay_file import ShareReplay
from bot.desk.replay_moves import ApplyReplay, UndoReplay
from bot.desk.replay_run import Replay, UpdateReplay
from bot.desk.retention import Retain
from bot.desk.triage import Triage
from bot.directory import Directory
from bot.effects import Kind
from bot.errors import SettingsError
from bot.escalation.auditor import Auditor
from bot.escalation.page_mail import PageByMail
from bot.escalation.pager_effects import Acknowledge, Resolve, Trigger
from bot.escalation.pages import AskProgress, Page, PageGroup, PageNote, UpdatePage
from bot.escalation.sla_notice import PostSla
from bot.escalation.sla_timers import SlaBreach, SlaWarn
from bot.escalation.tick import Tick
from bot.escalation.unclaimed import Unclaimed
from bot.incidents.cards import IncidentDigest, PostIncidentCard, PostIncidentDigest, UpdateIncidentCard
from bot.incidents.mailing import MailIncident, SendIncidentUpdate
from bot.incidents.postmortem import PostPostmortem
from bot.incidents.resolve import ResolveIncident
from bot.incidents.room import CreateIncidentRoom
from bot.intake.polling.imap import ImapMailbox
from bot.intake.polling.poller import Poller
from bot.intake.providers import PROVIDERS
from bot.intake.received import Origin
from bot.integrations import slack
from bot.integrations.clamav import ClamAvScanner
from bot.integrations.csv_directory import CsvRequesterDirectory
from bot.integrations.duty_calendars import HttpDutyCalendars
from bot.integrations.notify_transport import NotifyTransport
from bot.integrations.public_files import PublicFiles
from bot.integrations.slack import SlackWorkspace
from bot.integrations.smtp import SmtpMailSender
from bot.integrations.sql_directory import SqlRequesterDirectory
from bot.integrations.vendors import HttpVendor
from bot.on_call.feeds import Refresh
from bot.on_call.group import SyncGroup
from bot.on_call.swap_messages import AskSwap, ExpireSwap, Tell, UpdateSwap
from bot.on_call.watch import Watch
from bot.replies.send import SendAcknowledgement, SendReply
from bot.roles import Role
from bot.services import Services
from bot.serving import STOPPING
from bot.settings import pager_variable
from bot.sharing import SharedReloads
from bot.stopping import Stopping
from bot.telemetry import Metrics
from bot.trace_links import TraceLinks
from bot.web import health, replay_api, slack_events, traces, webhooks
from bot.web.trace_source import StoredTraces
from bot.web.webhooks import WebhookSource
from bot.workers.carrying import Announcer, Receiver
from bot.workers.outbox import OutboxWorker
from routing.reply_tokens import ReplyTokens
from storage import blobs
from storage.exclusive import Exclusive
from storage.notifications import Notifications
from storage.unit_of_work import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.clock import Clock
    from bot.config import SupportConfig
    from bot.config_directory import Directory as DirectoryConfig
    from bot.config_pagers import Pager as PagerConfig
    from bot.effects import Effect
    from bot.intake.interfaces import Vendor
    from bot.intake.polling.interfaces import Mailbox
    from bot.integrations.interfaces import DutyCalendars, Heartbeat, Pager, RequesterDirectory, Transport
    from bot.settings import Settings
    from bot.workers.lanes import Lanes
    from storage.blobs import BlobStore
    from storage.engine import Database


def create_app(
    settings: Settings,
    config: SupportConfig,
    *,
    role: Role = Role.RUN,
    clock: Clock = utc_now,
    lanes: Lanes | None = None,
    vendor: Vendor | None = None,
    storage: Storage | None = None,
) -> web.Application:
    """Deskbell as one web application: all of it, or the part of one role.

    The application opens and closes its storage, also one that it is given.

    Raises:
        SettingsError: a source has no secret, or the directory, or a pager, or the role needs what the settings do
            not give.
    """
    services = create_services(settings, config, clock=clock, storage=storage)
    transport = create_transport(settings, services.storage, role=role)
    app = web.Application(client_max_size=settings.deskbell_max_body_bytes)
    app[STOPPING] = stopping = Stopping()
    parts: dict[str, Callable[[], str]] = {}
    app.cleanup_ctx.append(lifecycle.storage_open(services.storage, clock))
    app.cleanup_ctx.append(lifecycle.on_call_watched(services))
    app.cleanup_ctx.append(lifecycle.reloading_on_hangup(services))
    if not services.storage.database.is_sqlite:
        told = Notifications(services.storage.database, "deskbell_reload")
        app.cleanup_ctx.append(lifecycle.reloads_shared(services, SharedReloads(services, told)))
    if services.directory:
        app.cleanup_ctx.append(lifecycle.directory_open(services.directory))
    if transport:
        announcer = Announcer(transport, services.metrics)
        parts["publish"] = lambda: announcer.status
        app.cleanup_ctx.append(lifecycle.announcer_running(announcer, transport, services.storage))
    worker = OutboxWorker(services, performers(services), lanes) if role.is_worker else None
    if worker:
        stopping.tell(worker.stop)
        _add_work(app, parts, worker, transport, settings, services)
    if role.is_web:
        _add_edges(app, settings, config, services, vendor)
    app.cleanup_ctx.append(lifecycle.heap_frozen())
    ready = lifecycle.readiness(services, stopping, worker.lanes if worker else None, parts)
    app.add_routes(health.routes(ready=ready, registry=services.metrics.registry))
    return app


def _add_work(
    app: web.Application,
    parts: dict[str, Callable[[], str]],
    worker: OutboxWorker,
    transport: Transport | None,
    settings: Settings,
    services: Services,
) -> None:
    if transport:
        receiver = Receiver(transport, worker.deliveries, services.metrics)
        parts["receive"] = lambda: receiver.status
        app.cleanup_ctx.append(lifecycle.receiver_running(receiver))
    app.cleanup_ctx.append(lifecycle.pagers_open(services.pagers))
    app.cleanup_ctx.append(lifecycle.worker_running(worker))
    heartbeat = create_heartbeat(settings)
    app.cleanup_ctx.append(lifecycle.auditor_running(Auditor(services, heartbeat), heartbeat))
    for poller in create_pollers(settings, services):
        turn = Exclusive(services.storage.database, f"poll:{poller.name}")
        parts[f"poll.{poller.name}"] = partial(_polling_status, poller, turn)
        app.cleanup_ctx.append(lifecycle.poller_running(poller, turn))


def _polling_status(poller: Poller, turn: Exclusive) -> str:
    return poller.status if turn.is_held else "ok (another worker polls it)"


def _add_edges(
    app: web.Application,
    settings: Settings,
    config: SupportConfig,
    services: Services,
    vendor: Vendor | None,
) -> None:
    bolt = _bolt(settings, services)
    vendor = vendor or HttpVendor(largest=settings.deskbell_max_body_bytes)
    app.add_routes(
        [
            *webhooks.routes(
                _sources(settings, config),
                writer=services.storage.email_writer,
                metrics=services.metrics,
                clock=services.clock,
                vendor=vendor,
            ),
            *slack_events.routes(
                bolt,
                signing_secret=settings.slack_signing_secret.get_secret_value(),
                storage=services.storage,
                clock=services.clock,
            ),
            *traces.routes(StoredTraces(services), services.trace_links, services.clock),
            *(
                replay_api.routes(services, settings.deskbell_api_token)
                if settings.deskbell_api_token
                else ()
            ),
        ]
    )
    app.cleanup_ctx.append(lifecycle.vendor_open(vendor))
    app.cleanup_ctx.append(lifecycle.listeners_ended())
    if settings.slack_app_token:
        app.cleanup_ctx.append(
            lifecycle.socket_mode_connected(bolt, settings.slack_app_token.get_secret_value())
        )


def create_transport(settings: Settings, storage: Storage, *, role: Role = Role.RUN) -> Transport | None:
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


def create_services(
    settings: Settings, config: SupportConfig, *, clock: Clock = utc_now, storage: Storage | None = None
) -> Services:
    """The services alone, for commands that need no server.

    Raises:
        SettingsError: the environment misses what opens the store of attachments, the directory or a pager.
    """
    storage = storage or create_storage(settings)
    return Services(
        active=Active(config=config),
        config_file=settings.deskbell_config,
        storage=storage,
        workspace=SlackWorkspace.from_settings(settings),
        mail_sender=SmtpMailSender.from_settings(settings),
        pagers={
            name: create_pager(settings, name, pager, clock=clock) for name, pager in config.pagers.items()
        },
        blobs=create_blobs(settings, storage.database),
        file_fetcher=PublicFiles(),
        scanner=ClamAvScanner(settings.clamav_socket) if settings.clamav_socket else None,
        directory=create_directory(settings, config, clock=clock),
        duty_calendars=create_duty_calendars(settings, config),
        trace_links=TraceLinks(
            secret=settings.deskbell_secret_key.get_secret_value(),
            public_url=settings.deskbell_public_url,
            ttl=config.desk.trace_link_ttl,
        ),
        reply_tokens=ReplyTokens(
            secret=settings.deskbell_secret_key.get_secret_value(),
            prefix=config.desk.ticket_prefix,
            addresses=config.desk.addresses,
        ),
        metrics=Metrics(),
        clock=clock,
    )


def create_storage(settings: Settings) -> Storage:
    """The storage of the database URL; makes the folder of an SQLite file."""
    storage = Storage(settings.database_url)
    if storage.database.is_sqlite and storage.database.url.database:
        Path(storage.database.url.database).parent.mkdir(parents=True, exist_ok=True)
    return storage


def create_blobs(settings: Settings, database: Database) -> BlobStore:
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


def create_heartbeat(settings: Settings) -> Heartbeat | None:
    """Who outside is told every minute that no escalation is forgotten; None where nobody is."""
    if settings.deskbell_heartbeat_url is None:
        return None
    from bot.integrations.http_heartbeat import HttpHeartbeat  # noqa: PLC0415 - its HTTP client is large

    return HttpHeartbeat(settings.deskbell_heartbeat_url)


def create_directory(settings: Settings, config: SupportConfig, *, clock: Clock) -> Directory | None:
    """Where requesters are looked up; None where support.yaml names no directory.

    Raises:
        SettingsError: what opens it is not set, or not as it should be.
    """
    chosen = config.directory
    if chosen is None:
        return None
    return Directory(_adapter(settings, chosen), timeout=chosen.timeout, cache=chosen.cache, clock=clock)


def create_duty_calendars(settings: Settings, config: SupportConfig) -> DutyCalendars:
    """The way to the calendars that say who is on call.

    Raises:
        SettingsError: what opens one of them is not set.
    """
    for name, schedule in config.schedules.items():
        if isinstance(schedule, FedSchedule):
            settings.schedule_secret_of(name)
    return HttpDutyCalendars(settings.deskbell_schedule_secrets)


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


def create_pager(settings: Settings, name: str, chosen: PagerConfig, *, clock: Clock) -> Pager:
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


def performers(services: Services) -> Mapping[str, Effect]:
    """Who performs which effect."""
    return {
        Kind.TRIAGE: Triage(services),
        Kind.POST_CARD: PostCard(services),
        Kind.UPDATE_CARD: UpdateCard(services),
        Kind.RETIRE_CARD: RetireCard(services),
        Kind.POST_UNPARSEABLE: PostUnparseable(services),
        Kind.POST_FOLLOW_UP: PostFollowUp(services),
        Kind.POST_SENT_REPLY: PostSentReply(services),
        Kind.POST_UNDELIVERED: PostUndelivered(services),
        Kind.PAGE: Page(services),
        Kind.PAGE_GROUP: PageGroup(services),
        Kind.UPDATE_PAGE: UpdatePage(services),
        Kind.PAGE_NOTE: PageNote(services),
        Kind.ASK_PROGRESS: AskProgress(services),
        Kind.ESCALATION_STEP: Tick(services),
        Kind.ESCALATION_UNCLAIMED: Unclaimed(services),
        Kind.PAGER_TRIGGER: Trigger(services),
        Kind.PAGER_ACKNOWLEDGE: Acknowledge(services),
        Kind.PAGER_RESOLVE: Resolve(services),
        Kind.PAGE_BY_MAIL: PageByMail(services),
        Kind.NOTIFY_OPERATORS: NotifyOperators(services),
        Kind.REPLAY: Replay(services),
        Kind.APPLY_REPLAY: ApplyReplay(services),
        Kind.UNDO_REPLAY: UndoReplay(services),
        Kind.UPDATE_REPLAY: UpdateReplay(services),
        Kind.SHARE_REPLAY: ShareReplay(services),
        Kind.ACKNOWLEDGE: SendAcknowledgement(services),
        Kind.REPLY: SendReply(services),
        Kind.STORE_ATTACHMENT: StoreAttachment(services),
        Kind.SCAN_ATTACHMENT: ScanAttachment(services),
        Kind.RETAIN: Retain(services),
        Kind.ON_CALL_WATCH: Watch(services),
        Kind.ON_CALL_REFRESH: Refresh(services),
        Kind.ON_CALL_SYNC_GROUP: SyncGroup(services),
        Kind.ON_CALL_TELL: Tell(services),
        Kind.ON_CALL_ASK_SWAP: AskSwap(services),
        Kind.ON_CALL_UPDATE_SWAP: UpdateSwap(services),
        Kind.ON_CALL_EXPIRE_SWAP: ExpireSwap(services),
        Kind.SLA_WARN: SlaWarn(services),
        Kind.SLA_BREACH: SlaBreach(services),
        Kind.POST_SLA: PostSla(services),
        Kind.POST_INCIDENT_CARD: PostIncidentCard(services),
        Kind.UPDATE_INCIDENT_CARD: UpdateIncidentCard(services),
        Kind.INCIDENT_DIGEST: IncidentDigest(services),
        Kind.POST_INCIDENT_DIGEST: PostIncidentDigest(services),
        Kind.MAIL_INCIDENT: MailIncident(services),
        Kind.INCIDENT_UPDATE: SendIncidentUpdate(services),
        Kind.RESOLVE_INCIDENT: ResolveIncident(services),
        Kind.CREATE_INCIDENT_ROOM: CreateIncidentRoom(services),
        Kind.POST_POSTMORTEM: PostPostmortem(services),
    }


def _sources(settings: Settings, config: SupportConfig) -> dict[str, WebhookSource]:
    return {
        name: WebhookSource(
            name=name,
            tenant=source.tenant,
            provider=PROVIDERS[source.provider],
            secrets=settings.secrets_of(name),
        )
        for name, source in config.sources.items()
        if source.poll is None
    }


def create_pollers(settings: Settings, services: Services) -> list[Poller]:
    """One for each source that is polled.

    Raises:
        SettingsError: a source has no secret, or one that does not fit.
    """
    return [
        Poller(
            Origin(name=name, tenant=source.tenant, provider=PROVIDERS[source.provider]),
            _mailbox(name, source.poll, settings),
            interval=source.poll.interval,
            storage=services.storage,
            metrics=services.metrics,
            clock=services.clock,
            operators_channel=lambda: services.config.desk.operators_channel,
        )
        for name, source in services.config.sources.items()
        if source.poll is not None
    ]


def _mailbox(source: str, poll: RestPoll | ImapPoll, settings: Settings) -> Mailbox:
    if isinstance(poll, RestPoll):
        from bot.intake.polling.rest import RestMailbox  # noqa: PLC0415 - its HTTP client is large

        return RestMailbox(url=poll.url, token=settings.poll_secret_of(source), limit=poll.batch)
    user, password = settings.poll_login_of(source)
    return ImapMailbox(poll, user=user, password=password, largest=settings.deskbell_max_body_bytes)


def _bolt(settings: Settings, services: Services) -> AsyncApp:
    bolt = AsyncApp(
        name="deskbell",  # without one, Bolt looks through the whole call stack for a name, for 40 ms
        token=settings.slack_bot_token.get_secret_value(),
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        # `slack_events` has done it before Bolt sees a request, by the clock that the rest goes by.
        request_verification_enabled=False,
    )
    # Not a client of ours: beside one, Bolt warns of the SLACK_BOT_TOKEN that it finds in the environment.
    bolt.client.base_url = settings.slack_api_url
    bolt.client.timeout = slack.TIMEOUT_SECONDS
    # The outbox looks before it posts again, and pauses a whole lane on a rate limit; an answer to a press is
    # just tried again.
    bolt.client.retry_handlers = [
        AsyncConnectionErrorRetryHandler(),
        AsyncRateLimitErrorRetryHandler(max_retry_count=1),
    ]
    listeners.register(bolt, services)
    return bolt
