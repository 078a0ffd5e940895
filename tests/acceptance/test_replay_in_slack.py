"""Replay in Slack: one message that says what other rules would do, and for leads a way to do it, and back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from blocks.ids import Action
from bot.app import create_services
from bot.clock import utc_now
from bot.config import load
from bot.desk import replay_request
from bot.desk.replay_request import Options
from bot.desk.replay_run import Replay
from bot.effects import Kind
from storage.outbox import OutboxEntry
from storage.replays import ReplayState
from tests import desk as desk_module
from tests.acceptance.seen import eventually, words
from tests.desk import ANA, BO, SUPPORT_YAML

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

TRIAGE = "C0TRIAGE"
TO_TECH = """\
- id: money
  description: Money.
  owner: billing
  when: {subject: {matches: refund}}
  then: {queue: tech, intent: billing, confidence: 0.9}
"""


async def deliver(desk: Desk, count: int) -> None:
    """DB-1001 and so on, refunds that go to Billing."""
    for number in range(1, count + 1):
        await desk.deliver(id=f"mail-{number}", messageId=f"<{number}@customer.example>")
        await desk.settle()


def replays(desk: Desk, channel: str = TRIAGE) -> list[dict[str, Any]]:
    found = [message for message in desk.messages(channel) if message["text"].startswith("Replay: ")]
    return [message for message in found if not message.get("ephemeral_to")]


async def try_rules(desk: Desk, content: str = TO_TECH) -> None:
    """As a lead, with a draft."""
    rules = await desk.command(ANA, "/support rules")
    await desk.open_modal(ANA, rules, Action.TRY_RULES)
    await desk.submit(ANA, rules=content)


async def replayed(desk: Desk) -> dict[str, Any]:
    await try_rules(desk)
    (message,) = replays(desk)
    return message


async def audited(desk: Desk, ticket_id: int) -> list[tuple[str, str]]:
    async with desk.storage.reading() as uow:
        ticket = await uow.tickets.get(ticket_id)
        steps = await uow.audit.for_trace(ticket.trace_id)
    return [(step.action, step.actor) for step in steps if step.action.startswith("replay_")]


async def test_the_rules_of_now_move_nothing(desk: Desk) -> None:
    await deliver(desk, 2)
    answer = await desk.command(BO, "/support replay --since 7d")
    assert answer["ephemeral_to"] == BO
    await desk.settle()
    (message,) = replays(desk)
    assert message["text"] == "Replay: Nothing changes: 2 mails would be decided as before."
    assert Action.APPLY_REPLAY not in words(message)
    assert "mail of the last 7 days, the newest 20,000 at most" in words(message)


async def test_a_draft_shows_what_would_move_and_why(desk: Desk) -> None:
    await deliver(desk, 2)
    message = await replayed(desk)
    assert message["text"] == "Replay: 2 of 2 mails would move (100%)."
    for line in (
        "from \\\\ to  tech\\nbilling       2",
        "Refund for invoice INV-2041",
        "billing → tech, by money",
        "/traces/",
        "Apply to 2 open tickets",
        "with a draft (rule set",
    ):
        assert line in words(message)
    assert desk.card("DB-1001")["channel"] == "C0BILLING", "a replay moves nothing"


async def test_open_tickets_move_and_claimed_ones_stay(desk: Desk) -> None:
    await deliver(desk, 3)
    message = await replayed(desk)
    await desk.press(BO, desk.card("DB-1002"), Action.CLAIM)
    await desk.press(ANA, message, Action.APPLY_REPLAY)
    channels = [desk.card(f"DB-100{number}")["channel"] for number in (1, 2, 3)]
    assert channels == ["C0TECH", "C0BILLING", "C0TECH"]
    (message,) = replays(desk)
    assert "<@U0ANA> applied it: 2 open tickets moved." in words(message)
    assert "paste it into support.yaml and type `/support reload`" in words(message)
    assert await audited(desk, 1001) == [("replay_applied", ANA)]
    assert await audited(desk, 1002) == []
    async with desk.storage.reading() as uow:
        assert await uow.routing_labels.since(utc_now() - timedelta(days=1)) == []
    assert "deskbell_misrouted_total{" not in (await desk.http.get("/metrics")).text


async def test_pressed_twice_it_is_applied_once(desk: Desk) -> None:
    await deliver(desk, 1)
    message = await replayed(desk)
    await desk.press(ANA, message, Action.APPLY_REPLAY)
    await desk.press(ANA, message, Action.APPLY_REPLAY)
    assert desk.whispers(ANA)[-1] == "This replay was applied already."
    assert await audited(desk, 1001) == [("replay_applied", ANA)]


async def test_undo_moves_back_what_nobody_has_taken_since(desk: Desk) -> None:
    await deliver(desk, 2)
    await desk.press(ANA, await replayed(desk), Action.APPLY_REPLAY)
    await desk.press(BO, desk.card("DB-1002"), Action.CLAIM)
    (message,) = replays(desk)
    await desk.press(ANA, message, Action.UNDO_REPLAY)
    assert desk.card("DB-1001")["channel"] == "C0BILLING"
    assert desk.card("DB-1002")["channel"] == "C0TECH"
    assert await audited(desk, 1001) == [("replay_applied", ANA), ("replay_undone", ANA)]
    (message,) = replays(desk)
    assert "Undone: 1 ticket moved back" in words(message)
    assert Action.UNDO_REPLAY not in words(message)


async def test_after_ten_minutes_it_stays_applied(desk: Desk) -> None:
    await deliver(desk, 1)
    await desk.press(ANA, await replayed(desk), Action.APPLY_REPLAY)
    (message,) = replays(desk)
    async with desk.storage.unit_of_work() as uow:
        applied = ReplayState.APPLIED
        ten_minutes_ago = utc_now() - timedelta(minutes=10)
        assert await uow.replays.step(1, expected=applied, to=applied, applied_at=ten_minutes_ago)
        await uow.commit()
    await desk.press(ANA, message, Action.UNDO_REPLAY)
    assert "ten minutes are over" in desk.whispers(ANA)[-1]
    assert desk.card("DB-1001")["channel"] == "C0TECH"


async def test_what_a_person_has_moved_stays_where_the_person_wants_it(desk: Desk) -> None:
    await deliver(desk, 2)
    await desk.open_modal(BO, desk.card("DB-1001"), Action.REASSIGN)
    await desk.submit(BO, queue=desk_module.option("orders"))
    message = await replayed(desk)
    assert "Apply to 1 open ticket" in words(message)
    await desk.press(ANA, message, Action.APPLY_REPLAY)
    assert desk.card("DB-1001")["channel"] == "C0ORDERS"


async def test_only_leads_apply_undo_and_try(desk: Desk) -> None:
    await deliver(desk, 1)
    message = await replayed(desk)
    await desk.press(BO, message, Action.APPLY_REPLAY)
    assert desk.whispers(BO)[-1] == "Only leads may do this: <@U0ANA>."
    await desk.press(ANA, message, Action.APPLY_REPLAY)
    (message,) = replays(desk)
    await desk.press(BO, message, Action.UNDO_REPLAY)
    assert desk.card("DB-1001")["channel"] == "C0TECH"
    assert Action.TRY_RULES not in words(await desk.command(BO, "/support rules"))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("- id: x\n  owner: me\n  when: {subject: {matches: '('}}", "line 3"),
        (f"{TO_TECH}  wen: {{}}", "line 6, column 3: wen: unknown key 'wen'; did you mean when?"),
        ("- id: x\n  id: y", "line 2, column 3: this key stands twice"),
        (TO_TECH.replace("tech", "nowhere"), "nowhere"),
        ("rules: [", "not valid YAML"),
        ("hello", "write a list of rules"),
        ("desk: {}", "write a list of rules"),
    ],
)
async def test_a_draft_with_a_mistake_stays_open_and_says_where(
    desk: Desk, content: str, problem: str
) -> None:
    await try_rules(desk, content)
    view = desk.modal(ANA)
    assert view is not None
    assert problem in view["errors"]["rules"]
    assert replays(desk) == []


async def test_the_draft_is_there_the_next_time(desk: Desk) -> None:
    await try_rules(desk)
    rules = await desk.command(ANA, "/support rules")
    view = await desk.open_modal(ANA, rules, Action.TRY_RULES)
    assert "your draft of last time" in words(view)
    assert "queue: tech" in words(view)


async def test_short_rules_are_edited_as_a_whole(sandbox: Sandbox, tmp_path: Path) -> None:
    shipped = SUPPORT_YAML.read_text(encoding="utf-8")
    before, rest = shipped.split("\nrules:\n")
    after = "# What must hold" + rest.split("# What must hold")[1].split("tests:\n")[0] + "tests: []\n"
    file = tmp_path / "support.yaml"
    file.write_text(f"{before}\nrules:  # ours\n{TO_TECH}\n{after}", encoding="utf-8")
    async with desk_module.running(sandbox, tmp_path, config=load(file), deskbell_config=file) as desk:
        await deliver(desk, 1)
        rules = await desk.command(ANA, "/support rules")
        view = await desk.open_modal(ANA, rules, Action.TRY_RULES)
        (content,) = [block["element"]["initial_value"] for block in view["blocks"] if "element" in block]
        assert content == f"rules:  # ours\n{TO_TECH}"
        await desk.submit(ANA, rules="rules: []")
        (message,) = replays(desk)
        assert "from \\\\ to  triage\\ntech  " in words(message)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("--queue nowhere", "No queue is called `nowhere`; there are `abuse`, "),
        ("--since yesterday", "--since: "),
        ("--limit 0", "--limit: a number from 1 to 20,000"),
        ("--limit 20001", "--limit: a number from 1 to 20,000"),
        ("--wen 7d", "unrecognized arguments: --wen 7d"),
        ("--queue 'x", "A quotation mark is missing"),
        ("--since 99999999d", "--since: "),
    ],
)
async def test_a_wish_that_cannot_be_is_refused_at_once(desk: Desk, line: str, answer: str) -> None:
    assert (await desk.command(BO, f"/support replay {line}"))["text"].startswith(answer)
    await desk.settle()
    assert replays(desk) == []


async def test_one_queue_and_a_long_dash(desk: Desk) -> None:
    await deliver(desk, 1)
    await desk.command(BO, "/support replay —queue orders --intent billing --limit 5")
    await desk.settle()
    (message,) = replays(desk)
    assert message["text"] == "Replay: No decided mail was found."
    assert "queue orders, intent billing, the newest 5 at most" in words(message)


async def test_a_trace_is_replayed_alone(desk: Desk) -> None:
    await deliver(desk, 1)
    async with desk.storage.reading() as uow:
        trace_id = (await uow.tickets.get(1001)).trace_id
    answer = await desk.command(BO, f"/support replay {trace_id}")
    assert "No change: today's rules decide the same." in words(answer)
    assert "Which ticket?" in (await desk.command(BO, "/support replay what"))["text"]


async def test_an_effect_that_runs_again_shows_one_message(desk: Desk) -> None:
    """As after a worker that died in the middle, whether or not it could write down where the message stands."""
    await deliver(desk, 1)
    config = load(SUPPORT_YAML)
    services = create_services(desk.settings, config)
    async with services.storage.unit_of_work() as uow:
        now = utc_now()
        replay_id = await uow.replays.add(
            requested_by=BO,
            channel=TRIAGE,
            options=replay_request.stored(Options(), config.ruleset(), now=now, draft=None),
            candidate=config.ruleset().model_dump_json(by_alias=True, exclude_none=True),
            now=now,
        )
        await uow.commit()
    for attempt in (1, 2, 3):
        await Replay(services)(entry(replay_id, attempt))
        if attempt == 1:
            async with services.storage.unit_of_work() as uow:
                running = ReplayState.RUNNING
                await uow.replays.step(replay_id, expected=running, to=running, channel=TRIAGE, ts=None)
                await uow.commit()
    await services.storage.database.close()
    assert len(replays(desk)) == 1


async def test_where_the_app_is_no_member_the_message_is_a_direct_one(desk: Desk) -> None:
    config = load(SUPPORT_YAML)
    services = create_services(desk.settings, config)
    await replay_request.start(services, config.ruleset(), Options(), agent_id=BO, channel="C0GONE")
    await desk.settle()
    conversation = await desk.sandbox.slack.workspace.open_dm(BO)
    await eventually(lambda: replays(desk, conversation["id"]))
    await services.storage.database.close()


def entry(replay_id: int, attempts: int) -> OutboxEntry:
    return OutboxEntry(
        id=900,
        kind=Kind.REPLAY,
        lane="replay",
        ordering_key=None,
        payload={"replay_id": replay_id, "actor": BO},
        trace_id="rules",
        state="leased",
        attempts=attempts,
        due_at=utc_now(),
        leased_by="worker-1",
        last_error=None,
        created_at=utc_now(),
        done_at=None,
    )
