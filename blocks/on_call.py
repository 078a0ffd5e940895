"""Who is on call now and next, what people have changed by hand, and how to change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Block, ContextBlock, DividerBlock, HeaderBlock, SectionBlock

from blocks import buttons, ids, on_call_notices, text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from routing.schedule import Override, Shift

_SCHEDULES, _OVERRIDES = 8, 2
"""How many are shown, and of each schedule how many overrides."""
_HOW = (
    "`/support oncall override @bo until 18:00` puts somebody on call, "
    "`/support oncall swap @bo` asks them to take your next shift."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownOverride:
    """One change by hand."""

    id: int
    override: Override
    created_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OnCall:
    """One schedule at a moment."""

    schedule: str
    people: Sequence[str]
    until: datetime | None
    """When others will be on call; None for as far as anybody can see."""
    next: Shift | None
    overrides: Sequence[ShownOverride] = ()
    note: str = ""
    """What is not as it should be with its calendar."""


def build(schedules: Sequence[OnCall]) -> SlackMessage:
    """All schedules, in the order in which they are configured."""
    if not schedules:
        return _message("No schedule is configured: support.yaml says under `schedules` who is on call.")
    blocks: list[Block] = [HeaderBlock(text=text.plain("On call"))]
    for shown in schedules[:_SCHEDULES]:
        blocks += _schedule(shown)
    if (rest := len(schedules) - _SCHEDULES) > 0:
        blocks.append(ContextBlock(elements=[text.mrkdwn(f"and {rest} more")]))
    blocks += [DividerBlock(), ContextBlock(elements=[text.mrkdwn(_HOW)])]
    said = "; ".join(f"{shown.schedule}: {_now(shown)}" for shown in schedules[:_SCHEDULES])
    return SlackMessage(text=f"On call: {said}", blocks=tuple(blocks))


def made(override: ShownOverride, schedule: str) -> SlackMessage:
    """An override counts from now on."""
    words = f"Done: for {on_call_notices.name(schedule)} {_who(override.override)}."
    return SlackMessage(text=words, blocks=(_undoable(words, override),))


def asked(schedule: str, shift: Shift, *, person: str) -> SlackMessage:
    """Somebody was asked to take a shift."""
    words = (
        f"{text.user(person)} is asked to take your shift for {on_call_notices.name(schedule)} "
        f"{on_call_notices.span(shift)}. You hear of the answer."
    )
    return SlackMessage(text=words, blocks=(SectionBlock(text=text.mrkdwn(words)),))


def _message(words: str) -> SlackMessage:
    return SlackMessage(text=words, blocks=(SectionBlock(text=text.mrkdwn(words)),))


def _schedule(shown: OnCall) -> Iterator[Block]:
    rows = [on_call_notices.name(shown.schedule), f"*Now*  {_now(shown)}", f"*Next*  {_next(shown)}"]
    yield SectionBlock(text=text.mrkdwn("\n".join(rows)))
    for override in shown.overrides[:_OVERRIDES]:
        yield _undoable(f"✍️ {_who(override.override)}, by {text.user(override.created_by)}", override)
    if (rest := len(shown.overrides) - _OVERRIDES) > 0:
        yield ContextBlock(elements=[text.mrkdwn(f"and {text.counted(rest, 'further override')}")])
    if shown.note:
        yield ContextBlock(elements=[text.mrkdwn(f"⚠️ {text.inline(shown.note, limit=300)}")])


def _now(shown: OnCall) -> str:
    until = f" until {text.slack_date(shown.until)}" if shown.until else ""
    return f"{on_call_notices.mentions(shown.people)}{until}"


def _next(shown: OnCall) -> str:
    if shown.next is None:
        return "nobody else" if shown.people else "nobody"
    return f"{on_call_notices.mentions(shown.next.people)} from {text.slack_date(shown.next.start)}"


def _who(override: Override) -> str:
    instead = f" instead of {text.user(override.replaces)}" if override.replaces else ""
    start, end = text.slack_date(override.start), text.slack_date(override.end)
    return f"{text.user(override.person)}{instead} is on call from {start} until {end}"


def _undoable(words: str, override: ShownOverride) -> SectionBlock:
    ref = ids.OverrideRef(override_id=override.id)
    return SectionBlock(
        text=text.mrkdwn(words),
        accessory=buttons.press("Undo", ids.Action.UNDO_OVERRIDE, value=ref.encode()),
    )
