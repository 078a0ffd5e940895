"""Buttons on cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Action
from bot.listeners.actions import (
    accept_swap,
    acknowledge,
    add_responder,
    apply_replay,
    claim,
    decline_swap,
    discard_dead_letter,
    end_escalation,
    escalate,
    give_back,
    guess,
    hand_over,
    incident_postmortem,
    incident_resolve,
    incident_room,
    incident_take,
    incident_timeline,
    incident_update,
    join,
    make_requester,
    more,
    reassign,
    release,
    release_parked,
    reopen,
    reply,
    resolve,
    retry_dead_letter,
    snooze,
    still_on_it,
    trace,
    try_rules,
    undo_override,
    undo_replay,
)

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp


def register(app: AsyncApp) -> None:
    app.action(Action.ACCEPT_SWAP)(accept_swap.pressed)
    app.action(Action.ACKNOWLEDGE)(acknowledge.pressed)
    app.action(Action.ADD_RESPONDER)(add_responder.pressed)
    app.action(Action.APPLY_REPLAY)(apply_replay.pressed)
    app.action(Action.CLAIM)(claim.pressed)
    app.action(Action.DISCARD_DEAD_LETTER)(discard_dead_letter.pressed)
    app.action(Action.END_ESCALATION)(end_escalation.pressed)
    app.action(Action.DECLINE_SWAP)(decline_swap.pressed)
    app.action(Action.ESCALATE)(escalate.pressed)
    app.action(Action.GIVE_BACK)(give_back.pressed)
    app.action(Action.GUESS)(guess.pressed)
    app.action(Action.SECOND_GUESS)(guess.pressed)
    app.action(Action.HAND_OVER)(hand_over.pressed)
    app.action(Action.INCIDENT_POSTMORTEM)(incident_postmortem.pressed)
    app.action(Action.INCIDENT_RESOLVE)(incident_resolve.pressed)
    app.action(Action.INCIDENT_ROOM)(incident_room.pressed)
    app.action(Action.INCIDENT_TAKE)(incident_take.pressed)
    app.action(Action.INCIDENT_TIMELINE)(incident_timeline.pressed)
    app.action(Action.INCIDENT_UPDATE)(incident_update.pressed)
    app.action(Action.JOIN)(join.pressed)
    app.action(Action.MAKE_REQUESTER)(make_requester.pressed)
    app.action(Action.MORE)(more.chosen)
    app.action(Action.REASSIGN)(reassign.pressed)
    app.action(Action.RELEASE)(release.pressed)
    app.action(Action.RELEASE_PARKED)(release_parked.pressed)
    app.action(Action.REOPEN)(reopen.pressed)
    app.action(Action.REPLY)(reply.pressed)
    app.action(Action.RESOLVE)(resolve.pressed)
    app.action(Action.RETRY_DEAD_LETTER)(retry_dead_letter.pressed)
    app.action(Action.SNOOZE)(snooze.chosen)
    app.action(Action.STILL_ON_IT)(still_on_it.pressed)
    app.action(Action.TRACE)(trace.pressed)
    app.action(Action.TRY_RULES)(try_rules.pressed)
    app.action(Action.UNDO_OVERRIDE)(undo_override.pressed)
    app.action(Action.UNDO_REPLAY)(undo_replay.pressed)
