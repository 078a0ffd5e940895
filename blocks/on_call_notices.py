"""What people are told of their shifts, in a direct message. All of it is our own markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.models.blocks import SectionBlock

from blocks import text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from routing.schedule import Shift


_NAMED = 10


def build(markup: str) -> SlackMessage:
    """One notice as a message."""
    return SlackMessage(text=markup, blocks=(SectionBlock(text=text.mrkdwn(markup)),))


def begins(schedule: str, until: datetime | None) -> str:
    """Their shift has begun."""
    end = f" until {text.slack_date(until)}" if until else ""
    return f"📟 You are on call for {name(schedule)} now{end}."


def ends(schedule: str, people: Sequence[str]) -> str:
    """Their shift is over."""
    return f"🏁 Your shift for {name(schedule)} is over. On call now: {mentions(people)}."


def put_on_call(schedule: str, shift: Shift, *, by: str) -> str:
    """Somebody else has put them on call."""
    return f"{text.user(by)} has put you on call for {name(schedule)} {span(shift)}."


def taken_back(schedule: str, shift: Shift, *, by: str) -> str:
    """Somebody has taken an override back: for whom it put on call, and for whom it relieved."""
    who = mentions(shift.people)
    return f"{text.user(by)} has taken back that {who} is on call for {name(schedule)} {span(shift)}."


def name(schedule: str) -> str:
    """A schedule in bold."""
    return f"*{text.inline(schedule, limit=75)}*"


def mentions(people: Sequence[str]) -> str:
    """Several people, or nobody, in words."""
    named = text.capped([text.user(person) for person in people], limit=_NAMED)
    *others, last = named or ["nobody"]
    return f"{', '.join(others)} and {last.removeprefix('and ')}" if others else last


def span(shift: Shift) -> str:
    """From when until when."""
    return f"from {text.slack_date(shift.start)} until {text.slack_date(shift.end)}"
