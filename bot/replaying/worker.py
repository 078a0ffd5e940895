"""A process of a replay: it reads its own pages, so that nothing but their places is sent to it."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, NamedTuple

from bot.replaying.decider import Decider
from routing.rules import Ruleset
from storage.unit_of_work import Storage

if TYPE_CHECKING:
    from routing.guesses import Classifier
    from routing.replay import RecordedMail, Report
    from storage.replay_mails import Scope, Span


class Order(NamedTuple):
    """What a process needs to know; it can be sent."""

    database_url: str
    ruleset: str
    """As JSON, because compiled patterns do not travel."""
    scope: Scope
    classifier: Classifier | None


def order(storage: Storage, ruleset: Ruleset, scope: Scope, classifier: Classifier | None) -> Order:
    """What `start` reads."""
    return Order(
        storage.database.url.render_as_string(hide_password=False),
        ruleset.model_dump_json(by_alias=True, exclude_none=True),
        scope,
        classifier,
    )


class _Worker:
    def __init__(self, given: Order) -> None:
        self._decider = Decider(Ruleset.model_validate_json(given.ruleset), given.classifier)
        self._scope = given.scope
        self._storage = Storage(given.database_url)
        self._runner = asyncio.Runner()

    def report(self, span: Span) -> Report:
        return self._decider.report(self._runner.run(self._read(span)))

    async def _read(self, span: Span) -> list[RecordedMail]:
        async with self._storage.reading() as uow:
            return await uow.replay_mails.of_span(self._scope, span)


_in_this_process: list[_Worker] = []


def start(given: Order) -> None:
    """Make this process ready."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started us
    _in_this_process[:] = [_Worker(given)]


def report(span: Span) -> Report:
    """What the rules change about the mails of a span.

    Raises:
        StorageUnavailableError: the database does not answer.
    """
    return _in_this_process[0].report(span)
