"""The first write: a mail is stored, with its triage entry, before anybody hears that it arrived."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from storage.errors import StorageUnavailableError
from storage.received import BATCH_LIMIT, QUEUE_LIMIT
from storage.unit_of_work import Storage
from tests.storage import holding
from tests.storage.samples import NOW, received

if TYPE_CHECKING:
    from asyncio import Task

    from storage.received import Receipt, ReceivedEmail


async def queued(storage: Storage, *emails: ReceivedEmail) -> list[Task[Receipt]]:
    """Hand the mails over; each waits for its receipt in a task."""
    tasks = [asyncio.create_task(storage.email_writer.remember(email)) for email in emails]
    await asyncio.sleep(0)  # each task runs until it waits
    return tasks


async def remember_all(storage: Storage, *emails: ReceivedEmail) -> list[Any]:
    return await asyncio.gather(*await queued(storage, *emails), return_exceptions=True)


async def triage_of(storage: Storage, trace_id: str) -> list[str]:
    async with storage.reading() as uow:
        return [entry.kind for entry in await uow.outbox.for_trace(trace_id)]


async def test_a_mail_is_stored_with_its_triage(storage: Storage) -> None:
    email = received(raw=b"\x00\xff", normalised=None, parse_error="no subject")
    receipt = await storage.email_writer.remember(email)
    assert (receipt.trace_id, receipt.is_duplicate) == ("trace-1", False)
    async with storage.reading() as uow:
        stored, raw = await uow.emails.get("trace-1"), await uow.emails.raw("trace-1")
        (entry,) = await uow.outbox.for_trace("trace-1")
    assert (raw, stored.parse_error, stored.state) == (b"\x00\xff", "no subject", "in_flight")
    assert stored.received_at == entry.due_at == NOW
    assert (entry.kind, entry.lane, entry.state, entry.attempts) == ("triage", "triage", "ready", 0)


async def test_ten_racing_copies_become_one_row_and_hear_of_the_first(storage: Storage) -> None:
    copies = [received(f"trace-{number}", dedup_key="delivery-1") for number in range(10)]
    receipts = await remember_all(storage, *copies)
    assert {receipt.trace_id for receipt in receipts} == {"trace-0"}
    assert [receipt.is_duplicate for receipt in receipts] == [False] + [True] * 9
    assert await triage_of(storage, "trace-0") == ["triage"]
    assert await triage_of(storage, "trace-1") == []


async def test_copies_that_race_through_two_processes_become_one_row(storage: Storage) -> None:
    other = Storage(storage.database.url.render_as_string(hide_password=False))
    await other.start()
    copies = [received(f"trace-{number}", dedup_key=f"delivery-{number % 3}") for number in range(30)]
    receipts = await asyncio.gather(
        *(
            (storage if number % 2 else other).email_writer.remember(copy)
            for number, copy in enumerate(copies)
        )
    )
    await other.close()
    assert sum(not receipt.is_duplicate for receipt in receipts) == 3
    assert len({receipt.trace_id for receipt in receipts}) == 3


async def test_a_late_copy_hears_of_the_first(storage: Storage) -> None:
    await storage.email_writer.remember(received("trace-1", dedup_key="delivery-1"))
    receipt = await storage.email_writer.remember(received("trace-2", dedup_key="delivery-1"))
    assert (receipt.trace_id, receipt.is_duplicate) == ("trace-1", True)


@pytest.mark.parametrize("scope", [{"tenant": "other"}, {"source": "raw"}])
async def test_the_same_key_elsewhere_is_another_mail(storage: Storage, scope: dict[str, Any]) -> None:
    await storage.email_writer.remember(received("trace-1", dedup_key="delivery-1"))
    receipt = await storage.email_writer.remember(received("trace-2", dedup_key="delivery-1", **scope))
    assert not receipt.is_duplicate


async def test_waiting_mails_share_a_commit(storage: Storage) -> None:
    emails = [received(f"trace-{number}") for number in range(BATCH_LIMIT)]
    async with holding.the_writer(storage):
        waiting = await queued(storage, *emails)
    await asyncio.gather(*waiting)
    # The writer may have taken the first ones before the last had come.
    assert await holding.commits_of_mails(storage) <= 2


async def test_mails_that_come_at_one_moment_share_a_commit_though_nothing_held_them_up(
    storage: Storage,
) -> None:
    await asyncio.gather(*await queued(storage, *(received(f"trace-{number}") for number in range(10))))
    assert await holding.commits_of_mails(storage) == 1


async def test_a_batch_has_a_limit(storage: Storage) -> None:
    emails = [received(f"trace-{number}") for number in range(2 * BATCH_LIMIT + 1)]
    async with holding.the_writer(storage):
        waiting = await queued(storage, *emails)
    await asyncio.gather(*waiting)
    assert await holding.commits_of_mails(storage) >= 3


@pytest.mark.parametrize(
    "fault",
    [{"trace_id": "trace-0"}, {"content_type": "text/\ud800"}],
    ids=["taken trace id", "lone surrogate"],
)
async def test_a_mail_that_cannot_be_stored_fails_alone(storage: Storage, fault: dict[str, str]) -> None:
    await storage.email_writer.remember(received("trace-0"))
    good = [received(f"trace-{number}") for number in range(1, 6)]
    bad = received(**{"trace_id": "trace-bad", "dedup_key": "delivery-bad"} | fault)
    *receipts, failure = await remember_all(storage, *good, bad)
    assert [receipt.trace_id for receipt in receipts] == [email.trace_id for email in good]
    assert isinstance(failure, Exception)
    assert await triage_of(storage, "trace-bad") == []


async def test_close_stores_what_waits(database_url: str) -> None:
    storage = Storage(database_url)
    await storage.start()
    waiting = await queued(storage, *(received(f"trace-{number}") for number in range(3 * BATCH_LIMIT)))
    await storage.close()
    assert not any(receipt.is_duplicate for receipt in await asyncio.gather(*waiting))


async def test_a_mail_whose_caller_has_gone_is_stored_all_the_same(storage: Storage) -> None:
    async with holding.the_writer(storage):
        (gone,) = await queued(storage, received("trace-1"))
        # The second stands behind the first: its receipt says that the first is through.
        (behind,) = await queued(storage, received("trace-2"))
        gone.cancel()
    await behind
    assert await triage_of(storage, "trace-1") == ["triage"]


async def test_beyond_its_limit_the_queue_refuses_and_keeps_what_it_took(storage: Storage) -> None:
    emails = [received(f"trace-{number}") for number in range(BATCH_LIMIT + QUEUE_LIMIT + 1)]
    async with holding.the_writer(storage):
        waiting = await queued(storage, *emails)
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, StorageUnavailableError)]
    assert refused
    async with storage.reading() as uow:
        assert await uow.emails.unfinished_counts() == {"in_flight": len(emails) - len(refused)}


async def test_the_worker_is_woken_for_a_stored_mail(storage: Storage) -> None:
    await storage.email_writer.remember(received())
    async with asyncio.timeout(5):
        await storage.wakeup.wait(3600)
