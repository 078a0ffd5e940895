"""Whatever happens, also to workers: nobody is paged who is not needed, no step is lost, none runs twice."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import insert, select

from blocks.ids import EscalationRef, Snooze, SnoozeRef
from blocks.person_modal import Choice
from bot import config as config_module
from bot.app import create_services
from bot.config_escalation import PolicyNames
from bot.desk import claim, resolve
from bot.effects import Kind
from bot.errors import ChannelUnavailableError, NotAllowedError, TransientError
from bot.escalation import acknowledge, escalate, finish, responders, snooze, still_on_it
from bot.integrations.interfaces import Posted
from bot.performers import performers
from routing.decision import Priority
from routing.escalation import EscalationState
from routing.escalation_policy import EscalationPolicy
from storage.errors import LeaseLostError
from storage.schema import emails, outbox
from tests import desk as desk_module
from tests.desk import ANA, BO, KIM
from tests.storage.databases import SqliteDatabases
from tests.storage.samples import LEASE, NOW, open_ticket

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import datetime

    from blocks.message import SlackMessage
    from storage.outbox import OutboxEntry

TRACE = "trace-1"
GONE, EMPTY, GROUP = "U0GONE", "S0EMPTY", "S0GROUP"
PEOPLE = st.sampled_from([ANA, BO, KIM])
TIMES = st.sampled_from([timedelta(minutes=minutes) for minutes in (1, 5, 16, 45)])
WAIT = {"wait": "5m"}
POLICIES = [
    ({"notify": "on_call"}, WAIT, {"notify": [BO, GROUP]}, WAIT, {"repeat": 2}),
    ({"notify": GONE}, WAIT, {"notify": EMPTY}, WAIT, {"notify": ["everyone", "#tech"]}),
    (
        {"notify": "assignee"},
        WAIT,
        {"only_if": {"unclaimed": True}},
        {"raise_priority": "urgent"},
        {"notify": ANA},
    ),
    ({"notify": "round_robin"}, WAIT, {"notify": "round_robin"}, WAIT, {"repeat": 1}),
]


class Slack:
    """A workspace that remembers what was posted, and whose post was under way when."""

    def __init__(self) -> None:
        self.posted: dict[int, Posted] = {}
        self.shown: dict[Posted, str] = {}
        self.is_down = False

    async def post(
        self, channel: str, message: SlackMessage, *, entry_id: int, thread_ts: str | None = None
    ) -> Posted:
        if channel == GONE:
            raise ChannelUnavailableError(channel, "user_not_found")
        if self.is_down:
            raise TransientError("Slack does not answer")
        assert entry_id not in self.posted, "what was posted is looked up before it is posted again"
        del thread_ts
        posted = self.posted[entry_id] = Posted(f"D:{channel}", f"{len(self.posted)}.0")
        self.shown[posted] = str(message.payload())
        return posted

    async def find(
        self, channel: str, *, entry_id: int, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        del channel, since, thread_ts
        return self.posted.get(entry_id)

    async def update(self, channel: str, ts: str, message: SlackMessage) -> None:
        self.shown[Posted(channel, ts)] = str(message.payload())

    async def group_members(self, group_id: str) -> list[str]:
        return [] if group_id == EMPTY else [KIM, BO]

    async def display_name(self, user_id: str) -> str:
        return user_id


class EscalationMachine(RuleBasedStateMachine):
    """One ticket, at which everything happens."""

    databases: SqliteDatabases
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.runner = asyncio.Runner()
        self.slack = Slack()
        config = config_module.load(desk_module.SUPPORT_YAML)
        made = create_services(self._settings(self.databases.migrated()), config, clock=lambda: self.now)
        self.services = replace(made, workspace=self.slack)  # type: ignore[arg-type] # as much of one as is needed
        self.performers = performers(self.services)
        self.edit(0)
        self.ticket_id = self.run(self._open())

    def _settings(self, url: str) -> Any:
        return desk_module.Settings(
            _env_file=None,
            slack_bot_token=desk_module.BOT_TOKEN,
            slack_signing_secret=desk_module.SIGNING_SECRET,
            database_url=url,
            smtp_host="127.0.0.1",
            deskbell_secret_key=desk_module.SECRET_KEY,
        )

    async def _open(self) -> int:
        async with self.services.storage.unit_of_work() as uow:
            ticket = await open_ticket(uow, TRACE)
            await uow.commit()
        async with self.services.storage.database.connection() as connection:
            await connection.execute(
                insert(emails).values(
                    trace_id=TRACE,
                    tenant="acme",
                    source="raw",
                    provider="raw",
                    dedup_key="1",
                    content_type="message/rfc822",
                    raw=b"",
                    received_at=NOW,
                    state="done",
                    ticket_id=ticket.id,
                )
            )
            await connection.commit()
        return ticket.id

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def press(self, work: Coroutine[Any, Any, Any]) -> None:
        """Whoever presses what is not possible is told so, and nothing happens."""
        with suppress(NotAllowedError):
            self.run(work)

    def teardown(self) -> None:
        """Let Slack answer and all that is due happen: then every copy shows how things are."""
        self.slack.is_down = False
        for _ in range(15):
            self.now += timedelta(seconds=20)
            self.run(self._work(rounds=12))
        self.run(self._look_at_copies())
        self.run(self.services.storage.database.close())
        self.runner.close()

    @rule(number=st.integers(0, len(POLICIES) - 1))
    def edit(self, number: int) -> None:
        """The policy of the queue is another one from now on."""
        config = self.services.config
        tried = EscalationPolicy.model_validate({"steps": POLICIES[number], "ask_after": "20m"})
        update = {"escalation": PolicyNames(default="tried"), "people": (ANA, BO)}
        billing = config.queues["billing"].model_copy(update=update)
        self.services.active.config = config.model_copy(
            update={"escalation_policies": {"tried": tried}, "queues": config.queues | {"billing": billing}}
        )

    @rule(by=PEOPLE)
    def escalate(self, by: str) -> None:
        words = {"reason": "The bank calls.", "urgency": Priority.HIGH}
        self.press(escalate.escalate(self.services, self.ticket_id, agent_id=by, **words))

    @rule(by=PEOPLE)
    def acknowledge(self, by: str) -> None:
        self.on_the_newest(lambda ref: acknowledge.acknowledge(self.services, ref.escalation_id, agent_id=by))

    @rule(by=PEOPLE, choice=st.sampled_from(Snooze))
    def snooze(self, by: str, choice: Snooze) -> None:
        self.on_the_newest(
            lambda ref: snooze.snooze(
                self.services, SnoozeRef(escalation_id=ref.escalation_id, choice=choice), agent_id=by
            )
        )

    @rule(by=PEOPLE, to=PEOPLE)
    def hand_over(self, by: str, to: str) -> None:
        self.on_the_newest(
            lambda ref: responders.hand_over(self.services, Choice(ref=ref, person=to), agent_id=by)
        )

    @rule(by=PEOPLE, to=PEOPLE)
    def add_responder(self, by: str, to: str) -> None:
        self.on_the_newest(lambda ref: responders.add(self.services, Choice(ref=ref, person=to), agent_id=by))

    @rule(by=PEOPLE)
    def give_back(self, by: str) -> None:
        self.on_the_newest(lambda ref: still_on_it.give_back(self.services, ref.escalation_id, agent_id=by))

    @rule(by=PEOPLE)
    def finish(self, by: str) -> None:
        self.on_the_newest(lambda ref: finish.finish(self.services, ref.escalation_id, agent_id=by))

    @rule(by=PEOPLE)
    def claim(self, by: str) -> None:
        self.press(claim.claim(self.services, self.ticket_id, agent_id=by))

    @rule(by=PEOPLE)
    def release(self, by: str) -> None:
        self.press(claim.release(self.services, self.ticket_id, agent_id=by))

    @rule(by=PEOPLE)
    def resolve_and_reopen(self, by: str) -> None:
        self.press(resolve.resolve(self.services, self.ticket_id, agent_id=by))
        self.press(resolve.reopen(self.services, self.ticket_id, agent_id=by))

    @rule(is_down=st.booleans())
    def slack_goes_and_comes(self, *, is_down: bool) -> None:
        self.slack.is_down = is_down

    @rule(passed=TIMES)
    def let_time_pass(self, passed: timedelta) -> None:
        self.now += passed
        self.run(self._work(rounds=1))

    @rule(rounds=st.integers(1, 4))
    def work(self, rounds: int) -> None:
        """In one round happens what was due before it, not what follows from that."""
        self.run(self._work(rounds=rounds))

    @rule()
    def a_worker_dies(self) -> None:
        """It has done all that was due, and could say so of nothing."""
        self.run(self._work(rounds=1, kills=True))
        self.now += LEASE

    def on_the_newest(self, deed: Any) -> None:
        escalation = self.run(self._newest())
        if escalation is not None:
            self.press(deed(EscalationRef(escalation_id=escalation.id, ticket_id=self.ticket_id)))

    async def _newest(self) -> Any:
        async with self.services.storage.reading() as uow:
            return await uow.escalations.latest(self.ticket_id)

    async def _work(self, *, rounds: int, kills: bool = False) -> None:
        for _ in range(rounds):
            async with self.services.storage.unit_of_work() as uow:
                await uow.outbox.reap(self.now)
                lanes = await uow.outbox.due_lanes(self.now)
                due = [
                    entry
                    for lane in lanes
                    for entry in await uow.outbox.claim(lane, limit=4, worker="w", now=self.now, lease=LEASE)
                ]
                await uow.commit()
            if not due:
                return
            for entry in due:
                await self._perform(entry, kills=kills)

    async def _perform(self, entry: OutboxEntry, *, kills: bool) -> None:
        before = len(self.slack.posted)
        try:
            record = await self.performers[entry.kind](entry)
        except TransientError as error:
            async with self.services.storage.unit_of_work() as uow:
                due_at = self.now + timedelta(seconds=10)
                await uow.outbox.postpone(entry, now=self.now, due_at=due_at, error=str(error))
                await uow.commit()
            return
        if len(self.slack.posted) > before and entry.kind == Kind.PAGE:
            await self._is_needed(entry)
        if kills:
            return
        with suppress(LeaseLostError):
            async with self.services.storage.unit_of_work() as uow:
                await uow.outbox.finish(entry, self.now)
                await record(uow)
                await uow.commit()

    async def _is_needed(self, entry: OutboxEntry) -> None:
        """Nobody is called by a step once somebody has it."""
        async with self.services.storage.reading() as uow:
            escalation = await uow.escalations.get(entry.payload["escalation_id"])
        assert escalation.state is not EscalationState.ENDED
        if entry.payload["lap"] is not None:
            assert escalation.state in {EscalationState.RUNNING, EscalationState.EXHAUSTED}
            assert entry.payload["lap"] >= escalation.first_lap

    @invariant()
    def what_is_open_has_its_timer_and_no_step_is_missing(self) -> None:
        self.run(self._look())

    async def _look(self) -> None:
        async with self.services.storage.reading() as uow:
            escalation = await uow.escalations.open_of(self.ticket_id)
            runs = await uow.escalation_steps.of(escalation.id, limit=10_000) if escalation else []
        if escalation is None:
            return
        waits = {EscalationState.RUNNING, EscalationState.SNOOZED, EscalationState.ACKNOWLEDGED}
        assert (escalation.next_at is not None) == (escalation.state in waits)
        if escalation.next_at is not None:
            key = f"{Kind.ESCALATION_STEP}:{escalation.id}:{escalation.generation}"
            async with self.services.storage.database.connection(read_only=True) as connection:
                row = (await connection.execute(select(outbox).where(outbox.c.dedup_key == key))).one()
            assert row.state in {"ready", "leased"}
            assert row.due_at <= max(escalation.next_at, self.now)
        laps = {run.lap for run in runs}
        for lap in laps:
            positions = [run.position for run in runs if run.lap == lap]
            assert positions == list(range(len(positions))), "each step once, in order, none left out"
        if escalation.lap in laps and escalation.state is EscalationState.RUNNING:
            assert len([run for run in runs if run.lap == escalation.lap]) == escalation.position

    async def _look_at_copies(self) -> None:
        async with self.services.storage.reading() as uow:
            escalation = await uow.escalations.latest(self.ticket_id)
            copies = await uow.pages.of(escalation.id) if escalation else []
        for copy in copies:
            shown = self.slack.shown[Posted(copy.channel, copy.ts)]
            assert (f"Acknowledged by <@{escalation.acknowledged_by}>" in shown) == (
                escalation.acknowledged_by is not None
            )


def test_no_page_is_wrong_and_no_step_is_lost_whatever_happens() -> None:
    with tempfile.TemporaryDirectory() as folder:
        EscalationMachine.databases = SqliteDatabases(Path(folder))
        EscalationMachine.TestCase.settings = settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        test = EscalationMachine.TestCase("runTest")
        test.runTest()
