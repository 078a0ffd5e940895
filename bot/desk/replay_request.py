"""A replay of stored mail that somebody asks for in Slack: what it is about, and its place in the line."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn

from blocks import text
from bot import effects
from bot.errors import NotAllowedError
from routing import sla
from storage.replay_mails import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config import SupportConfig
    from bot.services import Services
    from routing.rules import Ruleset

MOST: Final = 20_000
"""Mails of one replay in Slack, so that it ends while somebody waits for it; `deskbell replay` knows no limit."""
DAYS: Final = timedelta(days=7)
"""How far it goes back where nobody says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Which mails."""

    since: timedelta = DAYS
    queue: str | None = None
    intent: str | None = None
    limit: int = MOST


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise NotAllowedError(
            f"{text.line(message, limit=200)}. Write for example `/support replay --queue billing --since 7d`."
        )


def read(config: SupportConfig, written: str) -> Options:
    """What stands after `/support replay`.

    Raises:
        NotAllowedError: it says nothing that can be looked for.
    """
    parser = _Parser(prog="/support replay", add_help=False, allow_abbrev=False)
    parser.add_argument("--since", default="7d")
    parser.add_argument("--queue")
    parser.add_argument("--intent")
    parser.add_argument("--limit", default=str(MOST))
    try:
        # Keyboards make one long dash of two short ones.
        words = shlex.split(written.replace("—", "--"))
    except ValueError as error:
        raise NotAllowedError(f"A quotation mark is missing: {error}.") from error
    found = parser.parse_args(words)
    return Options(
        since=_duration(found.since),
        queue=_queue(config, found.queue),
        intent=found.intent,
        limit=_limit(found.limit),
    )


def _duration(written: str) -> timedelta:
    try:
        return sla.parse_duration(written)
    except (ValueError, OverflowError) as error:
        raise NotAllowedError(f"--since: {text.line(str(error), limit=200)}") from error


def _queue(config: SupportConfig, queue: str | None) -> str | None:
    if queue is not None and queue not in config.queues:
        names = ", ".join(f"`{name}`" for name in sorted(config.queues))
        raise NotAllowedError(f"No queue is called {text.code(queue, limit=60)}; there are {names}.")
    return queue


def _limit(written: str) -> int:
    if not (written.isascii() and written.isdigit() and 0 < int(written[:9]) <= MOST):
        raise NotAllowedError(
            f"--limit: a number from 1 to {MOST:,}; `deskbell replay` on the server knows no limit."
        )
    return int(written)


async def start(
    services: Services,
    ruleset: Ruleset,
    options: Options,
    *,
    agent_id: str,
    channel: str,
    draft: str | None = None,
) -> int:
    """Put it in the line; gives its number. `draft` is the hash of the draft's YAML.

    Raises:
        NotAllowedError: it goes back to before time began.
    """
    now = services.clock()
    async with services.storage.unit_of_work() as uow:
        replay_id = await uow.replays.add(
            requested_by=agent_id,
            channel=channel,
            options=stored(options, ruleset, now=now, draft=draft),
            candidate=ruleset.model_dump_json(by_alias=True, exclude_none=True),
            now=now,
        )
        await effects.replay(uow, effects.Kind.REPLAY, replay_id, actor=agent_id, now=now)
        await uow.commit()
    return replay_id


def stored(options: Options, ruleset: Ruleset, *, now: datetime, draft: str | None) -> Mapping[str, Any]:
    """What the database keeps of a wish.

    Raises:
        NotAllowedError: it goes back to before time began.
    """
    try:
        since = now - options.since
    except OverflowError as error:
        raise NotAllowedError("--since: so long ago there was no mail.") from error
    return {
        "since": since.isoformat(),
        "days": text.duration_phrase(options.since),
        "queue": options.queue,
        "intent": options.intent,
        "limit": options.limit,
        "ruleset": ruleset.content_hash,
        "draft": draft,
    }


def scope(options: Mapping[str, Any]) -> Scope:
    """The mails that stored options mean."""
    since = datetime.fromisoformat(options["since"])
    return Scope(since=since, queue=options["queue"], intent=options["intent"])


def words(options: Mapping[str, Any]) -> str:
    """The same for a reader."""
    parts = [f"mail of the last {options['days']}"]
    if options["queue"]:
        parts.append(f"queue {options['queue']}")
    if options["intent"]:
        parts.append(f"intent {options['intent']}")
    return ", ".join([*parts, f"the newest {options['limit']:,} at most"])
