"""A replay over a stored history."""

from __future__ import annotations

from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from bot.replaying import runner
from bot.replaying.runner import PAGE, Progress, Wish
from routing.email import InboundEmail
from routing.rules import Ruleset
from storage.replay_mails import Scope
from storage.schema import emails, metadata
from tests import stored_mails
from tests.bot.replaying.conftest import COUNT

if TYPE_CHECKING:
    from bot.config import SupportConfig
    from storage.unit_of_work import Storage


async def replayed(
    storage: Storage, wish: Wish, *, processes: int = 1, joins_in: bool = False
) -> list[Progress]:
    return [step async for step in runner.run(storage, wish, processes=processes, joins_in=joins_in)]


async def contents(storage: Storage) -> dict[str, list[object]]:
    async with storage.database.connection(read_only=True) as connection:
        return {table.name: list(await connection.execute(select(table))) for table in metadata.sorted_tables}


async def test_the_same_rules_change_nothing_and_the_work_is_told(
    storage: Storage, shipped: SupportConfig
) -> None:
    steps = await replayed(storage, Wish(ruleset=shipped.ruleset(), scope=Scope()))
    assert [(step.done, step.total) for step in steps] == [
        (0, COUNT),
        (PAGE, COUNT),
        (2 * PAGE, COUNT),
        (COUNT, COUNT),
        (COUNT, COUNT),
    ]
    report = steps[-1].report
    assert (report.total, report.unchanged, report.unreadable) == (COUNT, COUNT, 0)
    assert report.agreement.confirmed == report.agreement.after == COUNT // 2


async def test_other_rules_show_what_would_move(storage: Storage, changed: SupportConfig) -> None:
    report = (await replayed(storage, Wish(ruleset=changed.ruleset(), scope=Scope())))[-1].report
    moved = {(move.from_queue, move.to_queue) for move in report.moves}
    assert moved == {("billing", "tech"), ("orders", "triage")}
    assert report.moved > report.agreement.lost > 0, "of some no agent has confirmed the queue"
    assert report.newly_unmatched == next(m.count for m in report.moves if m.from_queue == "orders")


async def test_a_replay_leaves_the_database_as_it_is(storage: Storage, changed: SupportConfig) -> None:
    before = await contents(storage)
    await replayed(storage, Wish(ruleset=changed.ruleset(), scope=Scope()))
    assert await contents(storage) == before


async def test_a_limit_takes_the_newest(storage: Storage, changed: SupportConfig) -> None:
    limit = PAGE + 50
    steps = await replayed(storage, Wish(ruleset=changed.ruleset(), scope=Scope(), limit=limit))
    assert (steps[0].total, steps[-1].report.total) == (limit, limit)
    newest = max(example.received_at for example in steps[-1].report.examples)
    assert newest == stored_mails.FIRST + timedelta(minutes=COUNT - 3), "the newest mail about a parcel"


@pytest.mark.parametrize("joins_in", [False, True])
async def test_processes_find_what_one_thread_finds_to_the_byte(
    storage: Storage, changed: SupportConfig, *, joins_in: bool
) -> None:
    wish = Wish(ruleset=changed.ruleset(), scope=Scope(), limit=COUNT - 1)
    alone = await replayed(storage, wish)
    together = await replayed(storage, wish, processes=2, joins_in=joins_in)
    assert together[-1].report.to_json() == alone[-1].report.to_json()
    assert together[-1].done == COUNT - 1


async def test_whoever_stops_has_what_was_found_so_far(storage: Storage, shipped: SupportConfig) -> None:
    async with aclosing(runner.run(storage, Wish(ruleset=shipped.ruleset(), scope=Scope()))) as steps:
        await anext(steps)
        step = await anext(steps)
    assert (step.done, step.total, step.report.total) == (PAGE, COUNT, PAGE)


async def test_a_record_that_cannot_be_read_is_counted_and_left_out(
    storage: Storage, shipped: SupportConfig
) -> None:
    async with storage.database.connection() as connection:
        await connection.execute(update(emails).where(emails.c.id == 7).values(normalised="{}"))
        await connection.execute(update(emails).where(emails.c.id == 8).values(normalised=None))
        await connection.commit()
    report = (await replayed(storage, Wish(ruleset=shipped.ruleset(), scope=Scope())))[-1].report
    assert (report.total, report.unreadable) == (COUNT - 2, 2)


async def test_rules_travel_to_another_process_unchanged(shipped: SupportConfig) -> None:
    """They are sent as JSON; the hash shows that nothing was lost."""
    sent = shipped.ruleset().model_dump_json(by_alias=True, exclude_none=True)
    assert Ruleset.model_validate_json(sent).content_hash == shipped.ruleset().content_hash


async def test_rules_that_ask_for_a_language_find_it_out(storage: Storage, shipped: SupportConfig) -> None:
    """The rules of then did not ask, so it was not recorded."""
    text = "Guten Tag, wann haben Sie denn am Wochenende geöffnet?"
    async with storage.database.connection() as connection:
        stored = InboundEmail(received_at=stored_mails.FIRST, subject="Frage", text=text).model_dump_json()
        await connection.execute(update(emails).where(emails.c.id == 7).values(normalised=stored))
        await connection.commit()
    german = {
        "id": "german", "description": "d", "owner": "o", "when": {"language": {"is": ["de"]}},
        "then": {"queue": "abuse", "intent": "i"},
    }  # fmt: skip
    rules = shipped.ruleset().model_dump(by_alias=True, exclude_none=True)
    ruleset = Ruleset.model_validate(rules | {"rules": [german, *rules["rules"]]})
    report = (await replayed(storage, Wish(ruleset=ruleset, scope=Scope())))[-1].report
    assert [(move.to_queue, move.count) for move in report.moves] == [("abuse", 1)]
