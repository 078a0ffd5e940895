"""Reload: new rules decide without a restart, and a file with a mistake changes nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot import config
from tests import desk as desk_module
from tests.acceptance.process import DeskProcess
from tests.acceptance.seen import eventually, words
from tests.desk import ANA, BO, SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

SHIPPED = SUPPORT_YAML.read_text(encoding="utf-8")
TO_TECH = ("then: {queue: billing, intent: billing, confidence: 0.9}", "then: {queue: tech, intent: bug}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "support.yaml"
    file.write_text(SHIPPED, encoding="utf-8")
    return file


@pytest.fixture
async def desk(sandbox: Sandbox, tmp_path: Path, file: Path) -> AsyncIterator[Desk]:
    """A desk whose file may change."""
    chosen = await asyncio.to_thread(config.load, file)
    async with desk_module.running(sandbox, tmp_path, config=chosen, deskbell_config=file) as desk:
        yield desk


def edit(file: Path, *replacements: tuple[str, str]) -> None:
    changed = SHIPPED
    for old, new in replacements:
        assert old in changed
        changed = changed.replace(old, new)
    file.write_text(changed, encoding="utf-8")


async def channel_of_new_mail(desk: Desk, number: int) -> str:
    await desk.deliver(id=f"mail-{number}", messageId=f"<{number}@customer.example>")
    await desk.settle()
    return str(desk.card(f"DB-{1000 + number}")["channel"])


async def audit(desk: Desk) -> list[tuple[str, str]]:
    async with desk.storage.reading() as uow:
        return [(step.action, step.actor) for step in await uow.audit.for_trace("rules")]


async def test_new_rules_decide_the_next_mail(desk: Desk, file: Path) -> None:
    assert await channel_of_new_mail(desk, 1) == "C0BILLING"
    edit(file, TO_TECH, ("  - id: gold-customer", "  - id: gold"))
    answer = await desk.command(ANA, "/support reload")
    assert answer["ephemeral_to"] == ANA
    assert "→" in answer["text"]
    for line in ("Added: `gold`", "Removed: `gold-customer`", "Changed: `money`"):
        assert line in words(answer)
    assert await channel_of_new_mail(desk, 2) == "C0TECH"
    assert await audit(desk) == [("reloaded", ANA)]


async def test_each_rule_set_that_decided_is_kept(desk: Desk, file: Path) -> None:
    for number, replacement in ((1, ("x", "x")), (2, TO_TECH)):
        edit(file, replacement)
        await desk.command(ANA, "/support reload")
        await channel_of_new_mail(desk, number)
        async with desk.storage.reading() as uow:
            opening = await uow.emails.get((await uow.tickets.get(1000 + number)).trace_id)
            assert opening.decision is not None
            kept = await uow.rulesets.get(opening.decision.ruleset)
        assert kept == (await asyncio.to_thread(config.load, file)).ruleset().canonical_json


async def test_a_file_with_a_mistake_changes_nothing_and_is_told(desk: Desk, file: Path) -> None:
    edit(file, TO_TECH, ("owner: billing", "owner: billing\n    ownr: x"))
    answer = await desk.command(ANA, "/support reload")
    assert "cannot be used" in answer["text"]
    assert "support.yaml:" in words(answer)
    assert "unknown key 'ownr'; did you mean owner?" in words(answer)
    await desk.settle()
    (notice,) = desk.messages("C0OPS")
    assert "was not reloaded" in notice["text"]
    assert "unknown key 'ownr'" in notice["text"]
    assert await channel_of_new_mail(desk, 1) == "C0BILLING"
    assert await audit(desk) == [("reload_refused", ANA)]


async def test_only_leads_reload(desk: Desk, file: Path) -> None:
    edit(file, TO_TECH)
    answer = await desk.command(BO, "/support reload")
    assert answer["text"] == "Only leads may do this: <@U0ANA>."
    assert await channel_of_new_mail(desk, 1) == "C0BILLING"


async def test_without_leads_nobody_reloads_and_the_answer_says_how(desk: Desk, file: Path) -> None:
    edit(file, ("leads: [U0ANA]", "leads: []"))
    await desk.command(ANA, "/support reload")
    answer = await desk.command(ANA, "/support reload")
    assert "Write `leads: [U0ANA]` under `desk`" in answer["text"]


async def test_what_is_built_in_waits_for_a_restart(desk: Desk, file: Path) -> None:
    edit(
        file,
        ("ticket_prefix: DB", "ticket_prefix: XY"),
        ("  raw: {provider: raw, tenant: acme}\n", ""),
        ("name: Tech\n", "name: Technicians\n"),
        TO_TECH,
    )
    answer = await desk.command(ANA, "/support reload")
    assert "Needs a restart, until then the old value stays: `sources`, `desk.ticket_prefix`" in words(answer)
    assert "Changed beside the rules: `queues`" in words(answer)
    assert await channel_of_new_mail(desk, 1) == "C0TECH"
    assert "Technicians" in words(desk.card("DB-1001"))


async def test_no_mail_is_lost_and_none_sees_half_of_a_reload(desk: Desk, file: Path) -> None:
    mails = range(1, 31)

    async def reload_again_and_again() -> None:
        for replacement in [TO_TECH, ("x", "x")] * 4:
            edit(file, replacement)
            await desk.command(ANA, "/support reload")

    async def deliver() -> None:
        for number in mails:
            await desk.deliver(id=f"mail-{number}", messageId=f"<{number}@customer.example>")

    await asyncio.gather(deliver(), reload_again_and_again())
    await desk.settle()
    queues: dict[str, set[str]] = {}
    for number in mails:
        async with desk.storage.reading() as uow:
            ticket = await uow.tickets.get(1000 + number)
            opening = await uow.emails.get(ticket.trace_id)
        assert opening.decision is not None
        queues.setdefault(opening.decision.ruleset, set()).add(ticket.queue)
    assert all(len(chosen) == 1 for chosen in queues.values()), queues


async def test_the_rules_are_shown_with_their_hits(desk: Desk) -> None:
    await channel_of_new_mail(desk, 1)
    answer = await desk.command(BO, "/support rules")
    assert answer["ephemeral_to"] == BO
    assert "*money* → Billing, owner billing; 1 hit in 7 days" in words(answer)
    assert "💤 *abuse-report* → Abuse, owner trust-and-safety; no hit in 7 days" in words(answer)
    assert "Routed in 7 days: 1 mail; moved to another queue by people: 0 tickets" in words(answer)


async def test_the_signal_reloads_a_running_process(sandbox: Sandbox, tmp_path: Path, file: Path) -> None:
    process = DeskProcess(sandbox, tmp_path, DESKBELL_CONFIG=str(file))
    await process.start()
    try:
        desk = process.desk
        assert await channel_of_new_mail(desk, 1) == "C0BILLING"
        edit(file, ("owner: billing", "ownr: billing"))
        process.hang_up()
        notice = await eventually(lambda: next(iter(desk.messages("C0OPS")), None))
        assert "was not reloaded" in notice["text"]
        assert await channel_of_new_mail(desk, 2) == "C0BILLING"
        edit(file, TO_TECH)
        process.hang_up()
        await eventually(lambda: '"event":"reloaded"' in process.log)
        assert await channel_of_new_mail(desk, 3) == "C0TECH"
        assert await audit(desk) == [("reload_refused", "deskbell"), ("reloaded", "deskbell")]
    finally:
        await process.close()
