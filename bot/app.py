"""Puts everything together, with the adapters that are asked for. Nothing is built at import."""

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

from bot import adapters, lifecycle, listeners, performers
from bot.active import Active
from bot.clock import utc_now
from bot.config_sources import ImapPoll, RestPoll
from bot.escalation.auditor import Auditor
from bot.intake.polling.imap import ImapMailbox
from bot.intake.polling.poller import Poller
from bot.intake.providers import PROVIDERS
from bot.intake.received import Origin
from bot.integrations import slack
from bot.integrations.clamav import ClamAvScanner
from bot.integrations.public_files import PublicFiles
from bot.integrations.slack import SlackWorkspace
from bot.integrations.smtp import SmtpMailSender
from bot.integrations.vendors import HttpVendor
from bot.roles import Role
from bot.services import Services
from bot.serving import STOPPING
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
from storage.exclusive import Exclusive
from storage.notifications import Notifications
from storage.unit_of_work import Storage

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock
    from bot.config import SupportConfig
    from bot.intake.interfaces import Vendor
    from bot.intake.polling.interfaces import Mailbox
    from bot.integrations.interfaces import Transport
    from bot.settings import Settings
    from bot.workers.lanes import Lanes


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
    transport = adapters.transport(settings, services.storage, role=role)
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
    worker = OutboxWorker(services, performers.performers(services), lanes) if role.is_worker else None
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
    heartbeat = adapters.heartbeat(settings)
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
            name: adapters.pager(settings, name, pager, clock=clock) for name, pager in config.pagers.items()
        },
        blobs=adapters.blob_store(settings, storage.database),
        file_fetcher=PublicFiles(),
        scanner=ClamAvScanner(settings.clamav_socket) if settings.clamav_socket else None,
        directory=adapters.directory(settings, config, clock=clock),
        duty_calendars=adapters.duty_calendars(settings, config),
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
