"""The message of a replay as the database has it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from blocks import replay_message
from bot.desk import replay_request
from bot.replaying import result
from bot.replaying.result import Result
from routing.replay import Report
from storage.replays import ReplayState

if TYPE_CHECKING:
    from blocks.message import SlackMessage
    from bot.services import Services
    from storage.replays import StoredReplay
    from storage.unit_of_work import UnitOfWork

UNDO_WITHIN: Final = timedelta(minutes=10)


def asked(replay: StoredReplay) -> replay_message.Asked:
    """What it is about."""
    return replay_message.Asked(
        replay_id=replay.id,
        by=replay.requested_by,
        scope=replay_request.words(replay.options),
        ruleset=replay.options["ruleset"],
        draft=replay.options["draft"],
    )


def stored(found: Result, *, movable: int, model: str | None) -> str:
    """What the database keeps of the outcome; `model` is the one whose guesses decided where no rule did."""
    return json.dumps(
        {
            "report": json.loads(found.report.to_json()),
            "done": found.done,
            "planned": found.planned,
            "movable": movable,
            "model": model,
        }
    )


def model(replay: StoredReplay) -> str | None:
    """Name of the model that guessed in it."""
    name: str | None = json.loads(replay.report or "{}").get("model")
    return name


def outcome(replay: StoredReplay) -> Result:
    """What a finished replay came to."""
    content = json.loads(replay.report or "{}")
    return Result(
        report=Report.model_validate(content["report"]),
        ruleset=replay.options["ruleset"],
        done=content["done"],
        planned=content["planned"],
    )


async def load(services: Services, uow: UnitOfWork, replay: StoredReplay) -> SlackMessage:
    """The message of a finished replay, as things are now."""
    found = outcome(replay)
    report, stopped = found.report, None
    if found.is_partial:
        stopped = f"Stopped in time after {found.done:,} of {found.planned:,} mails, the newest first."
    shown = replay_message.Found(
        asked=asked(replay),
        report=report,
        headline=result.headline(report),
        agreement=result.agreement(report.agreement),
        stopped=stopped,
        movable=json.loads(replay.report or "{}")["movable"],
    )
    now = services.clock()
    return replay_message.result(
        shown,
        await _applied(services, uow, replay),
        link=lambda trace_id: services.trace_links.url(trace_id, now=now),
    )


async def _applied(
    services: Services, uow: UnitOfWork, replay: StoredReplay
) -> replay_message.Applied | None:
    if replay.applied_at is None or replay.applied_by is None:
        return None
    moves = await uow.replays.moves(replay.id)
    restored = None
    if replay.state is ReplayState.UNDONE:
        restored = await uow.replays.restored(replay.id)
    return replay_message.Applied(
        by=replay.applied_by,
        at=replay.applied_at,
        moved=None if replay.state is ReplayState.APPLYING else len(moves),
        undo=UNDO_WITHIN,
        can_undo=bool(moves) and can_undo(services, replay),
        restored=restored,
        is_undoing=replay.state is ReplayState.UNDOING,
    )


def can_undo(services: Services, replay: StoredReplay) -> bool:
    """Whether its moves are so new that they can be taken back."""
    return (
        replay.state is ReplayState.APPLIED
        and replay.applied_at is not None
        and services.clock() < replay.applied_at + UNDO_WITHIN
    )
