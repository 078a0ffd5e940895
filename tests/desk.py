"""A whole Deskbell on loopback with the sandbox as its Slack and its mailbox, for tests that look from outside."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from aiohttp import web

from bot import config as config_module
from bot.app import create_app, create_storage
from bot.clock import utc_now
from bot.sandbox import Sandbox, SandboxSettings
from bot.settings import Settings
from bot.workers.lanes import PACES, Lanes, Pace
from storage.unit_of_work import Storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.config import SupportConfig
    from bot.intake.interfaces import Vendor

WEBHOOK_SECRET = "webhook-secret-of-the-tests"
SIGNING_SECRET = "signing-secret-of-the-tests"
BOT_TOKEN = "xoxb-token-of-the-tests"
APP_TOKEN = "xapp-token-of-the-tests"
SECRET_KEY = "secret-key-of-the-tests-0123456789abcdef"

ANA, BO, KIM = "U0ANA", "U0BO", "U0ONCALL"

SUPPORT_YAML = Path(__file__).parent.parent / "support.yaml"
AT_ONCE = {name: Pace(concurrency=pace.concurrency) for name, pace in PACES.items()}
"""The paces without waiting: what a lane waits for in tests is Slack's own answer."""

_PATIENCE = timedelta(seconds=15)


class Watch:
    """A clock that runs, and that a test can put forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self._ahead

    def put_forward(self, by: timedelta) -> None:
        self._ahead += by


def signed(body: bytes, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    """The headers of a webhook that `secret` has signed."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Signature": f"sha256={digest}", "Content-Type": "application/json"}


def payload(**fields: Any) -> dict[str, Any]:
    """A MailParse payload of a customer's mail."""
    return {
        "id": "mail-1",
        "from": "Maria Costa <maria@customer.example>",
        "to": "support@acme.example",
        "subject": "Refund for invoice INV-2041",
        "text": "I was charged twice. Please refund one payment.",
        "messageId": "<1@customer.example>",
    } | fields


@dataclass(kw_only=True)
class Desk:
    """The running desk, and hands to use it as people do."""

    sandbox: Sandbox
    settings: Settings
    storage: Storage
    """A second connection to the same database, to look."""
    http: httpx.AsyncClient
    clock: Clock = utc_now
    wake: Callable[[], None] = lambda: None
    """Makes the worker look for what is due now."""

    async def pass_time(self, by: timedelta) -> None:
        """Let time go by, and then all that is due happen."""
        assert isinstance(self.clock, Watch), "the desk runs by the clock of the machine"
        self.clock.put_forward(by)
        self.wake()
        await self.settle()

    async def deliver(self, mail: dict[str, Any] | None = None, **fields: Any) -> httpx.Response:
        """Post a mail as the provider does."""
        body = json.dumps(mail or payload(**fields)).encode()
        return await self.http.post("/webhooks/mailparse", content=body, headers=signed(body))

    async def settle(self) -> None:
        """Wait until the outbox has nothing to do."""
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            while await self._is_busy():
                await asyncio.sleep(0.01)

    async def _is_busy(self) -> bool:
        """Looked at from both sides: on PostgreSQL work may go from one state to another between two looks."""
        return self._has_tasks() or await self._has_work() or await self._has_work() or self._has_tasks()

    def _has_tasks(self) -> bool:
        return any(_is_listener(task) or _is_effect(task) for task in asyncio.all_tasks())

    async def _has_work(self) -> bool:
        async with self.storage.reading() as uow:
            is_due = bool(await uow.outbox.due_lanes(self.clock()))
            return is_due or bool((await uow.outbox.counts(self.clock())).get("leased"))

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """Everything in a channel or direct message (by id), oldest first."""
        return self.sandbox.slack.workspace.messages(channel)

    def card(self, reference: str) -> dict[str, Any]:
        """The card of a ticket, wherever it stands."""
        cards = [
            message
            for message in self.sandbox.slack.workspace.store.all("message")
            if message["text"].startswith(f"{reference} · ") and not message.get("ephemeral_to")
        ]
        assert len(cards) == 1, f"{len(cards)} cards of {reference}"
        return cards[0]

    def whispers(self, user_id: str) -> list[str]:
        """What was said to one person only."""
        messages = self.sandbox.slack.workspace.store.all("message")
        return [message["text"] for message in messages if message.get("ephemeral_to") == user_id]

    def inbox(self) -> list[dict[str, Any]]:
        """What the customers received, oldest first."""
        return self.sandbox.mailbox.inbox()

    async def press(
        self, user_id: str, message: dict[str, Any], action_id: str, *, choice: str | None = None
    ) -> None:
        """Press a button of a message as it was seen, then wait until all that follows has happened.

        `choice` is the beginning of an option's label, for a menu.
        """
        blocks = message["blocks"]
        elements = [element for block in blocks for element in block.get("elements", [])]
        elements += [block["accessory"] for block in blocks if "accessory" in block]
        (action,) = [element for element in elements if element.get("action_id") == action_id]
        if choice:
            labelled = {option["text"]["text"]: option for option in action["options"]}
            (label,) = [label for label in labelled if label.startswith(choice)]
            action = action | {"selected_option": labelled[label]}
        await self.sandbox.interactions.press_in_message(
            user_id=user_id, channel_id=message["channel"], ts=message["ts"], action=action
        )
        await self.settle()

    def modal(self, user_id: str) -> dict[str, Any] | None:
        """The topmost window that a person has open."""
        views = self.sandbox.slack.modals.stack(user_id)
        return views[-1] if views else None

    async def open_modal(
        self, user_id: str, message: dict[str, Any], action_id: str, *, choice: str | None = None
    ) -> dict[str, Any]:
        """Press a button that opens a window, and wait for its content."""
        await self.press(user_id, message, action_id, choice=choice)
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            while (view := self.modal(user_id)) is None or not view.get("callback_id"):
                await asyncio.sleep(0.01)
        return view

    async def submit(self, user_id: str, **values: Any) -> None:
        """Submit the topmost window; a value is a text, or the element's whole answer."""
        view = self.modal(user_id)
        assert view is not None, "no window is open"
        answers = {
            name: {name: value if isinstance(value, dict) else {"type": "plain_text_input", "value": value}}
            for name, value in values.items()
        }
        await self.sandbox.submissions.submit(user_id=user_id, view_id=view["id"], values=answers)
        await self.settle()

    async def command(self, user_id: str, line: str, channel: str = "C0TRIAGE") -> dict[str, Any]:
        """Type a slash command; gives the answer that only this person sees."""
        before = len(self.messages(channel))
        await self.sandbox.commands.run(user_id=user_id, channel_id=channel, line=line)
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            while len(self.messages(channel)) == before:
                await asyncio.sleep(0.01)
        return self.messages(channel)[-1]


def _is_listener(task: asyncio.Task[Any]) -> bool:
    """Bolt answers Slack before the listener ends; the listener goes on in a task of its own."""
    return "run_ack_function_asynchronously" in getattr(task.get_coro(), "__qualname__", "")


def _is_effect(task: asyncio.Task[Any]) -> bool:
    """An outbox entry is counted a moment after its transaction has ended."""
    return task.get_name().removeprefix("outbox-").isdigit()


def option(value: str) -> dict[str, Any]:
    """The answer of a select or of radio buttons."""
    return {"type": "static_select", "selected_option": {"value": value}}


def person(user_id: str) -> dict[str, Any]:
    """The answer of a person select."""
    return {"type": "users_select", "selected_user": user_id}


def sandbox_settings(folder: Path, **changes: Any) -> SandboxSettings:
    values = {
        "data_dir": folder,
        "signing_secret": SIGNING_SECRET,
        "bot_token": BOT_TOKEN,
        "webhook_secret": WEBHOOK_SECRET,
    }
    return SandboxSettings(**values | changes)


def settings(sandbox: Sandbox, folder: Path, **changes: Any) -> Settings:
    """Settings of a desk whose world is the sandbox."""
    values = {
        "slack_bot_token": BOT_TOKEN,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_api_url": sandbox.slack_api_url,
        "database_url": f"sqlite+aiosqlite:///{folder / 'deskbell.db'}",
        "smtp_host": "127.0.0.1",
        "smtp_port": sandbox.smtp_port,
        "smtp_security": "none",
        "deskbell_public_url": "http://127.0.0.1",
        "deskbell_secret_key": SECRET_KEY,
        "deskbell_webhook_secrets": {"mailparse": (WEBHOOK_SECRET,), "raw": (WEBHOOK_SECRET,)},
    }
    return Settings(_env_file=None, **values | changes)


def bare_settings(**changes: Any) -> Settings:
    """Settings of a desk that has no world around it."""
    values = {
        "slack_bot_token": BOT_TOKEN,
        "slack_signing_secret": SIGNING_SECRET,
        "smtp_host": "127.0.0.1",
        "deskbell_secret_key": SECRET_KEY,
    }
    return Settings(_env_file=None, **values | changes)


@asynccontextmanager
async def sandboxed(folder: Path, **changes: Any) -> AsyncIterator[Sandbox]:
    """A sandbox that listens."""
    sandbox = Sandbox(sandbox_settings(folder, **changes), now=Watch())
    await sandbox.start()
    try:
        yield sandbox
    finally:
        await sandbox.stop()


@asynccontextmanager
async def running(
    sandbox: Sandbox,
    folder: Path,
    *,
    config: SupportConfig | None = None,
    clock: Clock | None = None,
    port: int = 0,
    vendor: Vendor | None = None,
    **changes: Any,
) -> AsyncIterator[Desk]:
    """A desk that listens, on any free port for 0; `changes` go to its settings."""
    chosen = settings(sandbox, folder, **changes)
    clock, own = clock or sandbox.now, create_storage(chosen)
    application = create_app(
        chosen,
        config or config_module.load(SUPPORT_YAML),
        clock=clock,
        lanes=Lanes(AT_ONCE),
        vendor=vendor,
        storage=own,
    )
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    sandbox.bot_url = url
    storage = Storage(chosen.database_url)
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        try:
            yield Desk(
                sandbox=sandbox,
                settings=chosen,
                storage=storage,
                http=http,
                clock=clock,
                wake=own.wakeup.set,
            )
        finally:
            await storage.database.close()
            await runner.cleanup()
