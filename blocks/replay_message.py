"""The one message of a replay: a bar that moves, then what was found, then what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    RichTextBlock,
    RichTextElementParts,
    RichTextPreformattedElement,
    SectionBlock,
)

from blocks import buttons, ids, text
from blocks.message import SlackMessage
from routing import replay_matrix
from routing.replay import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime, timedelta

    from routing.replay import Example, Report

_BAR_LENGTH = 20
_EXAMPLES = 5
_RULES = 15
_WIDEST = 6
"""Columns of a matrix that a phone still shows in one piece."""
_LONGEST = 15
_QUEUE_LENGTH = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is replayed."""

    replay_id: int
    by: str
    """Slack user id."""
    scope: str
    """In words: `mail of the last 7 days, at most 20,000`."""
    ruleset: str
    """Content hash."""
    draft: str | None
    """Hash of the draft's YAML; None for the rules that decide now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What it came to."""

    asked: Asked
    report: Report
    headline: str
    agreement: str
    stopped: str | None
    """Why it is not the whole, in a sentence."""
    movable: int
    """Open tickets that nobody has claimed or moved and that the rules would send elsewhere."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What became of the open tickets."""

    by: str
    at: datetime
    moved: int | None
    """None while they are being moved."""
    can_undo: bool
    undo: timedelta
    """How long it can be undone."""
    restored: int | None = None
    """How many are back; None where nobody has undone it, or it is under way."""
    is_undoing: bool = False


def started() -> SlackMessage:
    """To the one who asked; the message itself is everybody's."""
    words = "The replay begins; its message comes into this channel, or as a direct message where I am not a member."
    return SlackMessage(text=words, blocks=(SectionBlock(text=text.mrkdwn(words)),))


def progress(asked: Asked, *, done: int, total: int, seconds: float) -> SlackMessage:
    """`▓▓▓░░ 4,200 of 10,000, 1,900/s, 3 s left`."""
    filled = round(_BAR_LENGTH * done / total) if total else 0
    bar = "▓" * filled + "░" * (_BAR_LENGTH - filled)
    rate = done / seconds if seconds > 0 else 0.0
    pace = f", {rate:,.0f}/s, {(total - done) / rate:,.0f} s left" if rate else ""
    line = f"{done:,} of {total:,}{pace}" if total else "Counting the mail…"
    return SlackMessage(
        text=f"Replay: {line}",
        blocks=(
            HeaderBlock(text=text.plain("Replay")),
            SectionBlock(text=text.mrkdwn(f"{bar} {line}")),
            _about(asked),
        ),
    )


def result(found: Found, applied: Applied | None, *, link: Callable[[str], str]) -> SlackMessage:
    """Headline, matrix, examples, rules, and the button that applies or undoes; `link` leads to a trace."""
    report = found.report
    blocks: list[Block] = [
        HeaderBlock(text=text.plain("Replay")),
        SectionBlock(text=text.mrkdwn("\n".join(_verdict(found)))),
    ]
    if report.moves:
        blocks.append(_preformatted(_matrix(report)))
    if examples := [one for one in report.examples if one.kind is Kind.MOVED][:_EXAMPLES]:
        rows = [_example(one, link) for one in examples]
        blocks.append(SectionBlock(text=text.mrkdwn("\n".join(["*The newest that move*", *rows]))))
    if rules := list(_rules(report)):
        blocks.append(SectionBlock(text=text.mrkdwn("\n".join(["*Hits of the rules*", *rules]))))
    blocks += _applying(found, applied)
    blocks.append(_about(found.asked))
    return SlackMessage(text=f"Replay: {found.headline}", blocks=tuple(blocks))


def _about(asked: Asked) -> ContextBlock:
    rules = f"the rules of now (`{asked.ruleset[:8]}`)"
    if asked.draft:
        rules = f"a draft (rule set `{asked.ruleset[:8]}`)"
    words = f"Asked for by {text.user(asked.by)}: {text.inline(asked.scope, limit=300)}, with {rules}."
    return ContextBlock(elements=[text.mrkdwn(f"{words} A replay sends nothing and changes no rule.")])


def _verdict(found: Found) -> Iterator[str]:
    yield f"*{text.escape(found.headline)}*"
    if found.stopped:
        yield text.escape(found.stopped)
    if found.report.total:
        yield text.escape(found.agreement)
    if found.report.unreadable:
        yield f"{text.counted(found.report.unreadable, 'record')} could not be read and were left out."


def _preformatted(lines: Sequence[str]) -> RichTextBlock:
    words = RichTextElementParts.Text(text="\n".join(lines))
    return RichTextBlock(elements=[RichTextPreformattedElement(elements=[words])])


def _matrix(report: Report) -> list[str]:
    """A table of from and to, or the largest moves where it would be too wide or too long."""
    matrix = replay_matrix.of(report)
    if len(matrix.targets) > _WIDEST or len(matrix.rows) > _LONGEST:
        largest = sorted(report.moves, key=lambda move: -move.count)
        rows = [f"{move.count:>7,}  {_cut(move.from_queue)} → {_cut(move.to_queue)}" for move in largest]
        return text.capped(rows, limit=_LONGEST)
    figures = [
        (_cut(source), *(f"{count:,}" if count else "·" for count in counts))
        for source, counts in matrix.rows
    ]
    return text.aligned([("from \\ to", *map(_cut, matrix.targets)), *figures])


def _cut(queue: str) -> str:
    return queue if len(queue) <= _QUEUE_LENGTH else f"{queue[: _QUEUE_LENGTH - 1]}…"


def _example(example: Example, link: Callable[[str], str]) -> str:
    subject = text.link(link(example.trace_id), example.subject[:75] or "(no subject)")
    way = f"{text.inline(example.from_queue, limit=40)} → {text.inline(example.to_queue, limit=40)}"
    rule = text.inline(example.rule_now or "no rule", limit=60)
    agents = f", agents: {text.inline(example.final_queue, limit=40)}" if example.final_queue else ""
    return f"• {subject}  {way}, by {rule}{agents}"


def _rules(report: Report) -> Iterator[str]:
    """Only those whose hits differ."""
    rows = [
        f"• {text.inline(hits.rule, limit=60)}: {hits.before:,} → {hits.after:,} ({hits.after - hits.before:+,})"
        for hits in report.rules
        if hits.before != hits.after
    ]
    yield from text.capped(rows, limit=_RULES)


def _applying(found: Found, applied: Applied | None) -> Iterator[Block]:
    if applied:
        yield SectionBlock(text=text.mrkdwn(_became(applied)))
    if found.asked.draft:
        yield SectionBlock(text=text.mrkdwn(_permanence(found.asked.draft)))
    if applied is None and found.movable:
        yield ActionsBlock(elements=[_apply(found)])
    elif applied and applied.can_undo:
        ref = ids.ReplayRef(replay_id=found.asked.replay_id)
        yield ActionsBlock(elements=[buttons.press("Undo", ids.Action.UNDO_REPLAY, value=ref.encode())])


def _permanence(draft: str) -> str:
    return (
        "New mail still goes by the rules of before. To make the draft permanent, paste it into support.yaml and "
        f"type `/support reload`; the draft's YAML is `{draft[:12]}`."
    )


def _apply(found: Found) -> ButtonElement:
    count = text.counted(found.movable, "open ticket")
    return buttons.press(
        f"Apply to {count}",
        ids.Action.APPLY_REPLAY,
        value=ids.ReplayRef(replay_id=found.asked.replay_id).encode(),
        style="primary",
        confirm=buttons.sure(
            "Move open tickets?",
            f"{count} that nobody has claimed or moved by hand will go where these rules send "
            f"{'it' if found.movable == 1 else 'them'}. It can be undone for ten minutes.",
            yes="Move",
        ),
    )


def _became(applied: Applied) -> str:
    who = text.user(applied.by)
    if applied.moved is None:
        return f"{who} applies it to the open tickets…"
    words = f"{who} applied it: {text.counted(applied.moved, 'open ticket')} moved."
    if applied.is_undoing:
        return f"{words} They are being moved back…"
    if applied.restored is not None:
        back = text.counted(applied.restored, "ticket")
        return f"{words} Undone: {back} moved back; what was claimed or moved meanwhile stays."
    if applied.can_undo:
        return f"{words} Until {text.slack_date(applied.at + applied.undo)} it can be undone."
    return words
