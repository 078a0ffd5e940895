"""Submitted modals. What a person has typed is committed before the window closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Callback
from bot.listeners.views import (
    add_responder,
    escalate,
    hand_over,
    incident_open,
    incident_preview,
    incident_resolve,
    incident_write,
    merge,
    misrouted,
    reassign,
    reply_preview,
    reply_write,
    rules,
    split,
)

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp


def register(app: AsyncApp) -> None:
    app.view(Callback.ESCALATE_MODAL)(escalate.submitted)
    app.view(Callback.HAND_OVER_MODAL)(hand_over.submitted)
    app.view(Callback.INCIDENT_OPEN_MODAL)(incident_open.submitted)
    app.view(Callback.INCIDENT_RESOLVE_MODAL)(incident_resolve.submitted)
    app.view(Callback.INCIDENT_UPDATE_MODAL)(incident_write.submitted)
    app.view(Callback.INCIDENT_UPDATE_PREVIEW)(incident_preview.submitted)
    app.view(Callback.MERGE_MODAL)(merge.submitted)
    app.view(Callback.MISROUTED_MODAL)(misrouted.submitted)
    app.view(Callback.REASSIGN_MODAL)(reassign.submitted)
    app.view(Callback.REPLY_MODAL)(reply_write.submitted)
    app.view(Callback.REPLY_PREVIEW)(reply_preview.submitted)
    app.view(Callback.RESPONDER_MODAL)(add_responder.submitted)
    app.view(Callback.RULES_MODAL)(rules.submitted)
    app.view(Callback.SPLIT_MODAL)(split.submitted)
