"""The Slack edge: one interaction a file, one `register` a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.listeners import actions, commands, events, views

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Bind every listener; its context holds the services and who pressed."""

    @app.middleware
    async def provide_services(context, next_) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
        context["services"] = services
        context["agent_id"] = context.user_id or ""
        await next_()

    actions.register(app)
    commands.register(app)
    events.register(app)
    views.register(app)
