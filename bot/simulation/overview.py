"""Who is on call at a time and who is next, by every schedule and queue, for a terminal and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.simulation import columns, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.config import SupportConfig
    from bot.simulation.rotas import Rotas
    from bot.simulation.words import Names


def render(config: SupportConfig, rotas: Rotas, *, at: datetime, names: Names) -> str:
    """A table of schedules, each by the clocks of its zone, and one of queues."""
    tables = [columns.joined([("queue", "on call by", "at the moment"), *_queues(config, rotas, at, names)])]
    if config.schedules:
        headings = ("schedule", "at the moment", "until", "then", "clocks")
        tables.insert(0, columns.joined([headings, *_schedules(config, rotas, at, names)]))
    return "\n\n".join(tables)


def as_json(config: SupportConfig, rotas: Rotas, *, at: datetime) -> dict[str, Any]:
    """The same, with Slack ids and times in UTC."""
    return {
        "at": at.isoformat(),
        "schedules": {
            name: {"zone": one.zone, "now": rotas.on_call_at(name, at), **_then(rotas, name, at)}
            for name, one in config.schedules.items()
        },
        "queues": {
            name: {"on_call": queue.on_call, "now": rotas.on_call_at(queue.on_call, at)}
            for name, queue in config.queues.items()
        },
    }


def _then(rotas: Rotas, name: str, at: datetime) -> dict[str, Any]:
    until, after = rotas.hand_over_after(name, at), rotas.next_after(name, at)
    shift = (
        {"from": after.start.isoformat(), "until": after.end.isoformat(), "people": after.people}
        if after
        else None
    )
    return {"until": until.isoformat() if until else None, "next": shift}


def _schedules(config: SupportConfig, rotas: Rotas, at: datetime, names: Names) -> Iterator[tuple[str, ...]]:
    for name, described in config.schedules.items():
        zone = ZoneInfo(described.zone)
        until, after = rotas.hand_over_after(name, at), rotas.next_after(name, at)
        begins = f", from {words.day(after.start, zone)}" if after and after.start != until else ""
        yield (
            name,
            _at(rotas, name, at, names),
            words.day(until, zone) if until else "",
            f"{_people(after.people, names)}{begins}" if after else "",
            f"{zone.key}, {words.offset(at, zone)}",
        )


def _queues(config: SupportConfig, rotas: Rotas, at: datetime, names: Names) -> Iterator[tuple[str, ...]]:
    for name, queue in config.queues.items():
        yield name, queue.on_call, _at(rotas, queue.on_call, at, names)


def _at(rotas: Rotas, target: str, at: datetime, names: Names) -> str:
    is_known = target not in rotas.unread
    return _people(rotas.on_call_at(target, at), names) if is_known else "not known: no copy of its calendar"


def _people(people: Sequence[str], names: Names) -> str:
    return ", ".join(map(names, people)) or "nobody"
