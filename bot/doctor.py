"""`deskbell doctor`: asks everything that the desk depends on, and says what to do where it does not answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import DeliveryError
from storage import migrations
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.directory import Directory
    from bot.integrations.interfaces import Transport
    from bot.integrations.slack import SlackWorkspace
    from bot.integrations.smtp import SmtpMailSender
    from bot.services import Services

_PATIENCE_SECONDS = 15
_OLD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `problem` is empty where all is well, else it says what to do."""

    name: str
    detail: str
    problem: str = ""


async def examine(
    services: Services,
    *,
    workspace: SlackWorkspace,
    mail_sender: SmtpMailSender,
    transport: Transport | None = None,
) -> list[Finding]:
    """Every check, in the order in which one would mend things."""
    checks: dict[str, Callable[[], Awaitable[Finding]]] = {
        "database": lambda: _database(services),
        "mails": lambda: _mails(services),
        "outbox": lambda: _outbox(services),
        "slack": lambda: _slack(workspace),
        "channels": lambda: _channels(services, workspace),
        "smtp": lambda: _smtp(mail_sender),
    }
    if transport:
        checks["broker"] = lambda: _broker(transport)
    if directory := services.directory:
        checks["directory"] = lambda: _directory(directory, services.config.desk.addresses[0])
    if services.pagers:
        checks["pagers"] = lambda: _pagers(services)
    return [await _guarded(name, check) for name, check in checks.items()]


async def _guarded(name: str, check: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await check()
    except (StorageUnavailableError, DeliveryError) as error:
        return Finding(name, "", str(error))
    except TimeoutError:
        return Finding(name, "", f"no answer within {_PATIENCE_SECONDS} s")


async def _database(services: Services) -> Finding:
    async with services.storage.database.connection(read_only=True) as connection:
        revision = await connection.run_sync(migrations.current_revision)
    if revision != migrations.HEAD:
        problem = f"it is at revision {revision}, this version wants {migrations.HEAD}: run deskbell migrate"
        return Finding("database", "", problem)
    return Finding("database", f"answers, revision {revision}")


async def _mails(services: Services) -> Finding:
    """Received = done + parked + in flight, and whatever is in flight has somebody who works on it."""
    async with services.storage.reading() as uow:
        counts = await uow.emails.unfinished_counts()
        stray = await uow.emails.stray(limit=10)
    if stray:
        traces = ", ".join(stray)
        return Finding("mails", "", f"in flight, but nobody works on them: {traces}. Please report this.")
    parked = counts.get("parked", 0)
    return Finding("mails", f"all accounted for, {counts.get('in_flight', 0)} in flight, {parked} parked")


async def _outbox(services: Services) -> Finding:
    async with services.storage.reading() as uow:
        counts = await uow.outbox.counts(services.clock())
        oldest = await uow.outbox.oldest_due_at(services.clock())
    age = services.clock() - oldest if oldest else timedelta()
    if age > _OLD:
        minutes = int(age.total_seconds() // 60)
        return Finding(
            "outbox", "", f"the oldest entry waits for {minutes} minutes: is deskbell run running?"
        )
    if dead := counts.get("dead"):
        return Finding("outbox", "", f"{dead} dead letters: see deskbell dead-letters list")
    return Finding("outbox", f"{counts.get('ready', 0)} waiting, no dead letters")


async def _slack(workspace: SlackWorkspace) -> Finding:
    team, skew = await workspace.identity()
    if abs(skew) > timedelta(minutes=1):
        seconds = int(skew.total_seconds())
        return Finding(
            "slack",
            "",
            f"this machine's clock is {seconds} s off Slack's: signatures will be refused; set up NTP",
        )
    return Finding("slack", f"signed in to {team}")


async def _channels(services: Services, workspace: SlackWorkspace) -> Finding:
    config = services.config
    wanted = {
        *(queue.channel for queue in config.queues.values()),
        config.desk.fallback_channel,
        config.desk.operators_channel,
        config.desk.incident_channel,
    }
    joined = await workspace.joined_channels()
    missing = sorted(channel for channel in wanted if channel not in joined)
    if missing:
        return Finding("channels", "", f"not in {', '.join(missing)}: type /invite @Deskbell there")
    return Finding("channels", f"in all {len(wanted)} channels of support.yaml")


async def _smtp(mail_sender: SmtpMailSender) -> Finding:
    greeting = await mail_sender.check()
    return Finding("smtp", greeting)


async def _broker(transport: Transport) -> Finding:
    return Finding("broker", f"{transport.name} {await transport.check()}")


async def _directory(directory: Directory, address: str) -> Finding:
    """It is asked for one of our own addresses; that it knows nobody there is an answer too."""
    lookup = await directory.look_up(address)
    return Finding("directory", "answers", lookup.failure or "")


async def _pagers(services: Services) -> Finding:
    """None of them can be asked without an alert, so this only says that each can be told something."""
    named = (f"{name} ({services.config.pagers[name].kind})" for name in services.pagers)
    return Finding("pagers", f"{', '.join(named)}: secret set; nobody was called to try it")
