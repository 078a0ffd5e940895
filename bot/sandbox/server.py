"""The sandbox as one server: the only place where its parts are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
from aiohttp import web

from bot.sandbox import guard, pages
from bot.sandbox.api import Api
from bot.sandbox.commands import Commands
from bot.sandbox.compose import Composer
from bot.sandbox.controls import Call, Failure
from bot.sandbox.delivery import Delivery
from bot.sandbox.interactions import Interactions
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.modals import Modals
from bot.sandbox.response_urls import ResponseUrls
from bot.sandbox.settings import SandboxSettings, utc_now
from bot.sandbox.slack import Slack
from bot.sandbox.slack_events import SlackEvents
from bot.sandbox.smtp import SmtpServer
from bot.sandbox.socket_mode import SocketMode
from bot.sandbox.store import Store
from bot.sandbox.submissions import Submissions
from bot.sandbox.triggers import Triggers
from bot.sandbox.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime, timedelta

    from bot.sandbox.delivery import Answer
    from bot.sandbox.store import Json

BODY_BYTES = 16 * 1024 * 1024
STOP_SECONDS = 2


class Sandbox:
    """A workspace, a mailbox and their page. Made without I/O; `start` opens the store and listens."""

    def __init__(self, settings: SandboxSettings, *, now: Callable[[], datetime] = utc_now) -> None:
        self._settings = settings
        self.now = now
        self._store = Store(settings.data_dir / "sandbox.db")
        self._http = httpx.AsyncClient(trust_env=False)
        self._runner: web.AppRunner | None = None
        workspace, sockets = Workspace(self._store, now=now), SocketMode()
        triggers = Triggers(ttl=settings.trigger_ttl, now=now)
        self.slack = Slack(workspace=workspace, modals=Modals(workspace), triggers=triggers, sockets=sockets)
        self.mailbox = Mailbox(workspace)
        self._smtp = SmtpServer(self.mailbox)
        self._bot = Delivery(settings=settings, sockets=sockets, http=self._http, now=now)
        self._response_urls = ResponseUrls(self.slack)
        self._api = Api(self.slack, settings, now=now)
        self.interactions = Interactions(self.slack, self._bot, self._response_urls)
        self.submissions = Submissions(self.slack, self._bot)
        self.commands = Commands(self.slack, self._bot, self._response_urls)
        self.events = SlackEvents(self.slack, self._bot)
        self.composer = Composer(
            workspace=workspace, mailbox=self.mailbox, settings=settings, bot=self._bot, http=self._http
        )

    @property
    def bot_url(self) -> str:
        """Where the bot listens; set it when the bot has its port."""
        return self._bot.bot_url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self._bot.bot_url = url.rstrip("/")

    @property
    def slack_api_url(self) -> str:
        """The `base_url` for slack_sdk's clients."""
        return f"http://{self.slack.address}/api/"

    @property
    def page_url(self) -> str:
        return f"http://{self.slack.address}/sandbox"

    @property
    def smtp_port(self) -> int:
        return self._smtp.port

    @property
    def calls(self) -> list[Call]:
        """Every Web API call so far, oldest first."""
        return self._api.calls

    def app(self) -> web.Application:
        """The web application; it opens the store when it starts and closes it when it ends."""
        app = web.Application(middlewares=[guard.keep_out_strangers], client_max_size=BODY_BYTES)
        app.on_response_prepare.append(guard.add_headers)
        app.cleanup_ctx.append(self._opened)
        app.on_shutdown.append(self._let_go)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self._api.handle),
                web.get("/link", self.slack.sockets.handle),
                web.post("/response/{token}", self._response_urls.handle),
                *pages.Pages(self).routes(),
            ]
        )
        return app

    async def start(self, *, host: str = "127.0.0.1", port: int = 0, smtp_port: int = 0) -> None:
        """Listen for HTTP and SMTP; port 0 takes any free one.

        Raises:
            OSError: A port is taken.
        """
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
            await self._smtp.start(host=host, port=smtp_port)
        except OSError:
            await self.stop()
            raise
        self.slack.address = f"{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._smtp.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def reset(self) -> None:
        """Forget messages, modals and mails; channels stay as they are."""
        await self._store.clear("message", "dm", "view", "home", "response_url", "inbox", "sent")
        self.slack.workspace.toasts.clear()

    def fail_next(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        delay: timedelta | None = None,
        after_effect: bool = False,
    ) -> None:
        """Make the next call of a method fail; several in a row queue up.

        `error` refuses it, `status` answers with that HTTP status, a `delay` alone makes it late, and with
        nothing of these the connection breaks. `after_effect` does the call's work first.
        """
        breaks = delay is None or error is not None or status is not None or after_effect
        failure = Failure(breaks=breaks, error=error, status=status, delay=delay, after_effect=after_effect)
        self._api.failures.add(method, failure)

    async def send_event(self, event: Json, *, event_id: str | None = None, retry_num: int = 0) -> Answer:
        """Tell the bot of an event; see `SlackEvents.send`."""
        return await self.events.send(event, event_id=event_id, retry_num=retry_num)

    def smtp_reject(self, address: str, reply: str) -> None:
        """Answer RCPT TO for this address with an SMTP reply such as `550 5.1.1 no such user`."""
        self._smtp.rejections[address.lower()] = reply

    def smtp_accept(self, address: str) -> None:
        """Take mail for a refused address again."""
        del self._smtp.rejections[address.lower()]

    async def archive(self, channel: str) -> None:
        await self._change(channel, archived=True)

    async def leave(self, channel: str) -> None:
        """Take the bot out of a channel."""
        await self._change(channel, joined=False)

    async def remove(self, channel: str) -> None:
        """Delete a channel, as far as anyone can see."""
        await self._change(channel, deleted=True)

    async def _change(self, channel: str, **flags: bool) -> None:
        found = self.slack.workspace.find(channel)
        await self._store.put("channel", found["id"], found | flags)

    async def _opened(self, _app: web.Application) -> AsyncIterator[None]:
        await self._store.open()
        await self.slack.workspace.found()
        yield
        await self._http.aclose()
        await self._store.close()

    async def _let_go(self, _app: web.Application) -> None:
        self._store.stop_waiting()
        await self.slack.sockets.close()
