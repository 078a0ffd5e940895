"""The card of an incident: one message for many tickets, edited in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    HeaderBlock,
    InteractiveElement,
    SectionBlock,
)

from blocks import buttons, ids, text
from blocks.message import SlackMessage
from routing import incidents
from routing.incidents import Gathers, IncidentState, Opening

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from slack_sdk.models.blocks import TextObject

    from routing.incidents import Counts, Incident

_HEADER_LIMIT = 150
_WORDS_LIMIT = 300
_WORDS_LINES = 4
_REASONS = 3
_OPENED_BY = {
    Opening.RULE: "A rule took a mail for the sign of an incident",
    Opening.STORM: "Opened by a storm of tickets",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """What was written to the customers last, and how far its mails are."""

    author: str
    at: datetime
    body: str
    by_state: Mapping[str, int]
    refusals: Mapping[str, int]
    """How many mails did not go out, by reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentCard:
    """All that the card shows. Customer text comes as it was written; `build` escapes it."""

    incident: Incident
    reference: str
    counts: Counts
    queues: Mapping[str, int]
    """Tickets by the name of their queue."""
    rate: float
    """Tickets a minute."""
    first_words: str
    last_words: str
    """Empty where the first ticket is the only one."""
    progress: Progress | None = None
    note: str = ""
    """Why the card is not where one would look for it."""


def build(card: IncidentCard) -> SlackMessage:
    """The card as it stands now."""
    return SlackMessage(text=_fallback(card), blocks=tuple(_blocks(card)))


def _blocks(card: IncidentCard) -> Iterator[Block]:
    yield HeaderBlock(text=text.plain(_title(card)))
    yield ContextBlock(elements=list(_about(card.incident)))
    yield SectionBlock(fields=[text.mrkdwn(f"*{name}*\n{value}") for name, value in _facts(card) if value])
    yield from _words("First words", card.first_words)
    yield from _words("Last words", card.last_words)
    yield SectionBlock(text=text.mrkdwn("\n".join(_state(card))))
    if card.progress:
        yield from _progress(card.progress)
    yield ActionsBlock(elements=list(_buttons(card)))
    if card.note:
        yield ContextBlock(elements=[text.mrkdwn(f"⚠️ {text.line(card.note, limit=500)}")])


def _title(card: IncidentCard) -> str:
    mark = "🔥" if card.incident.state is IncidentState.OPEN else "✅"
    number = f"{mark} {card.reference} · "
    return number + text.line(card.incident.title, limit=_HEADER_LIMIT - len(number))


def _about(incident: Incident) -> Iterator[TextObject]:
    yield text.mrkdwn(f"*{incident.state.capitalize()}*")
    yield text.mrkdwn(f"Since {text.slack_date(incident.opened_at)}")
    if incidents.can_be_storm(incident.intent):
        yield text.plain(text.line(f"About {incident.intent.replace('_', ' ')}", limit=100))
    if incident.opening is Opening.PRESSED:
        yield text.mrkdwn(f"Opened by {text.user(incident.opened_by)}")
    else:
        yield text.plain(_OPENED_BY[incident.opening])


def _facts(card: IncidentCard) -> Iterator[tuple[str, str]]:
    counts = card.counts
    yield "Tickets", f"{counts.tickets:,}, {counts.open:,} open"
    if card.incident.state is IncidentState.OPEN:
        yield "Rate", f"{card.rate:.3g} a minute"
    yield "Tiers", _tally(counts.tiers)
    yield "Queues", _tally(card.queues)
    if counts.follow_ups:
        yield "Answers", text.counted(counts.follow_ups, "later mail")


def _tally(counts: Mapping[str, int]) -> str:
    return "\n".join(
        text.capped([f"{text.inline(name, limit=60)} {count:,}" for name, count in counts.items()], limit=5)
    )


def _words(label: str, words: str) -> Iterator[Block]:
    quoted = text.quote(words, limit=_WORDS_LIMIT, lines=_WORDS_LINES)
    if quoted:
        yield ContextBlock(elements=[text.mrkdwn(f"*{label}*")])
        yield quoted


def _state(card: IncidentCard) -> Iterator[str]:
    incident = card.incident
    if incident.commander_id:
        yield f"🧭 Commander: {text.user(incident.commander_id)}"
    else:
        yield "🧭 Nobody has taken it yet"
    if incident.room:
        yield f"💬 <#{incident.room}>"
    if incident.resolved_at:
        by = f" by {text.user(incident.resolved_by)}" if incident.resolved_by else ""
        yield f"✅ Resolved{by}, took {text.duration_phrase(incident.resolved_at - incident.opened_at)}"
    elif incident.gathers is None and incident.opening is not Opening.PRESSED:
        yield "New tickets do not join it any more."
    elif incident.gathers is Gathers.FLAGGED:
        yield "New tickets join it where a rule takes them for a sign of an incident."


def _progress(progress: Progress) -> Iterator[Block]:
    """What the customers were told last, and how many of them have it."""
    states = progress.by_state
    told = f"sent {states.get('sent', 0):,} of {sum(states.values()):,}"
    missed = [f"{count:,} not sent: {text.inline(why, limit=80)}" for why, count in progress.refusals.items()]
    author = text.user(progress.author)
    heading = (
        f"📣 Update by {author}, {text.slack_date(progress.at)}: *{'; '.join([told, *missed[:_REASONS]])}*"
    )
    yield SectionBlock(text=text.mrkdwn(heading))
    if words := text.quote(progress.body, limit=_WORDS_LIMIT, lines=_WORDS_LINES):
        yield words


def _buttons(card: IncidentCard) -> Iterator[InteractiveElement]:
    incident = card.incident
    value = ids.IncidentRef(incident_id=incident.id).encode()
    if incident.state is IncidentState.OPEN:
        style: Literal["primary"] | None = None if incident.commander_id else "primary"
        yield buttons.press("Take", ids.Action.INCIDENT_TAKE, value=value, style=style)
        yield buttons.press("Write update", ids.Action.INCIDENT_UPDATE, value=value)
        if incident.room is None:
            yield buttons.press("Create channel", ids.Action.INCIDENT_ROOM, value=value)
        yield buttons.press("Resolve all", ids.Action.INCIDENT_RESOLVE, value=value, style="danger")
    yield buttons.press("Timeline", ids.Action.INCIDENT_TIMELINE, value=value)
    yield buttons.press("Postmortem", ids.Action.INCIDENT_POSTMORTEM, value=value)


def _fallback(card: IncidentCard) -> str:
    """What a notification says: no mention, so that an edit of the card pings nobody."""
    return f"{_title(card)} · {card.incident.state} · {text.counted(card.counts.tickets, 'ticket')}"
