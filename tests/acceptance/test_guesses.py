"""Guesses: where no rule is sure a model proposes queues, and one that is sure enough decides."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from blocks.ids import Action
from bot import config
from bot.clock import utc_now
from bot.replaying import runner
from bot.replaying.runner import Wish
from routing import model_file
from routing.labels import LabelKind
from storage.replay_mails import Scope
from tests import desk as desk_module
from tests.acceptance.seen import trace_page, words
from tests.desk import ANA, BO, SUPPORT_YAML
from tests.routing.models import model

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from routing.replay import Report
    from tests.desk import Desk


async def asked(desk: Desk) -> dict[str, Any]:
    """A mail that no rule knows, about something of which a queue's description speaks."""
    await desk.deliver(subject="A question", text="May I have my money back? The returns page has no answer.")
    await desk.settle()
    return desk.card("DB-1001")


async def test_a_press_moves_the_ticket_to_the_proposed_queue_and_is_a_label(desk: Desk) -> None:
    card = await asked(desk)
    assert card["channel"] == "C0TRIAGE"
    assert "→ Orders" in words(card)
    assert "model unsure" in words(card)
    await desk.press(ANA, card, Action.GUESS)
    moved = desk.card("DB-1001")
    assert moved["channel"] == "C0ORDERS"
    assert "→ Orders" not in words(moved)
    async with desk.storage.reading() as uow:
        (label,) = await uow.routing_labels.since(utc_now() - timedelta(days=1))
    assert (label.kind, label.actor, label.to_queue) == (LabelKind.REASSIGNED, ANA, "orders")


async def test_who_claims_it_knows_better_than_the_model(desk: Desk) -> None:
    card = await asked(desk)
    await desk.press(ANA, card, Action.CLAIM)
    assert "→ Orders" not in words(desk.card("DB-1001"))
    await desk.press(BO, card, Action.GUESS)  # as Bo still sees it
    assert desk.card("DB-1001")["channel"] == "C0TRIAGE"
    assert any("waits in triage no longer" in whisper for whisper in desk.whispers(BO))


async def test_the_trace_names_the_model_its_guesses_and_their_words(desk: Desk) -> None:
    page = await trace_page(desk, await asked(desk))
    for part in ("Not sure enough to decide.", "<code>keywords:", "orders ", ">returns</mark>"):
        assert part in page


WITH_MODEL = "classifier: {{model: {}}}\n"


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """The file of a model that knows refunds."""
    path = tmp_path / "model.json"
    path.write_bytes(model_file.write(model()))
    return path


@pytest.fixture
def file(tmp_path: Path, trained: Path) -> Path:
    file = tmp_path / "support.yaml"
    file.write_text(WITH_MODEL.format(trained) + SUPPORT_YAML.read_text(encoding="utf-8"), encoding="utf-8")
    return file


@pytest.fixture
async def modelled(sandbox: Sandbox, tmp_path: Path, file: Path) -> AsyncIterator[Desk]:
    """A desk with a model."""
    chosen = await asyncio.to_thread(config.load, file)
    async with desk_module.running(sandbox, tmp_path, config=chosen, deskbell_config=file) as desk:
        yield desk


def replace(trained: Path, content: bytes) -> None:
    trained.write_bytes(content)


async def refund(desk: Desk, number: int) -> dict[str, Any]:
    """A mail that no rule knows, but the model does: the rules look for the word in the subject only."""
    await desk.deliver(
        id=f"mail-{number}", messageId=f"<{number}@x.example>", subject="Hi", text="My refund!"
    )
    await desk.settle()
    return desk.card(f"DB-{1000 + number}")


async def test_a_sure_guess_decides_and_says_by_which_words(modelled: Desk) -> None:
    card = await refund(modelled, 1)
    assert card["channel"] == "C0BILLING"
    assert "No rule matched; model: “refund”." in words(card)
    assert model().name in await trace_page(modelled, card)


async def test_a_reload_takes_a_newly_trained_model(modelled: Desk, trained: Path) -> None:
    replace(trained, model_file.write(model(threshold=0.9999)))
    await modelled.command(ANA, "/support reload")
    assert (await refund(modelled, 1))["channel"] == "C0TRIAGE"


async def test_a_broken_model_is_refused_and_the_old_one_goes_on(modelled: Desk, trained: Path) -> None:
    replace(trained, b"{}")
    answer = await modelled.command(ANA, "/support reload")
    assert "classifier.model" in words(answer)
    assert (await refund(modelled, 1))["channel"] == "C0BILLING"


async def replayed(desk: Desk, file: Path, *, processes: int) -> Report:
    tried = await asyncio.to_thread(config.load, file)
    wish = Wish(ruleset=tried.ruleset(), scope=Scope(), classifier=tried.guesser)
    async for step in runner.run(desk.storage, wish, processes=processes):
        report = step.report
    return report


@pytest.mark.parametrize("processes", [1, 2])
async def test_a_replay_asks_the_model_too(modelled: Desk, file: Path, trained: Path, processes: int) -> None:
    """What a guess has decided stays where it is, unless another model decides."""
    await refund(modelled, 1)
    same = await replayed(modelled, file, processes=processes)
    assert (same.total, same.unchanged) == (1, 1)
    replace(trained, model_file.write(model(threshold=0.9999)))
    other = await replayed(modelled, file, processes=processes)
    assert [(move.from_queue, move.to_queue) for move in other.moves] == [("billing", "triage")]


async def test_a_replay_is_not_applied_with_another_model(modelled: Desk, trained: Path) -> None:
    """It would move other tickets than were shown."""
    card = await refund(modelled, 1)
    replace(trained, model_file.write(model(threshold=0.9999)))
    await modelled.command(ANA, "/support reload")
    await modelled.command(ANA, "/support replay")
    await modelled.settle()
    (shown,) = [one for one in modelled.messages("C0TRIAGE") if "Apply to 1 open ticket" in words(one)]
    replace(trained, model_file.write(model()))
    await modelled.command(ANA, "/support reload")
    await modelled.press(ANA, shown, Action.APPLY_REPLAY)
    assert "Another model guesses now" in modelled.whispers(ANA)[-1]
    assert modelled.card("DB-1001")["channel"] == card["channel"] == "C0BILLING"
