"""Events that the app subscribes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.listeners.events import app_home_opened

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp


def register(app: AsyncApp) -> None:
    app.event("app_home_opened")(app_home_opened.happened)
