"""A new configuration for a desk that runs: some of it was built in at the start and stays until the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bot.config import SupportConfig
    from bot.config_sources import Source

_FIXED = ("addresses", "ticket_prefix", "trace_link_ttl")
"""Of `desk`: they are part of reply addresses and links that are out in the world."""


class Adopted(NamedTuple):
    """What a running desk can take over."""

    config: SupportConfig
    needs_restart: tuple[str, ...]
    """What differs all the same, as its author writes it: `desk.addresses`."""


def adopt(running: SupportConfig, new: SupportConfig) -> Adopted:
    """`new` with the running values of what cannot change."""
    fixed = {name: getattr(running.desk, name) for name in _FIXED}
    different = tuple(f"desk.{name}" for name, value in fixed.items() if getattr(new.desk, name) != value)
    if _ways_in(running) != _ways_in(new):
        different = ("sources", *different)
    if running.pagers != new.pagers:
        different = ("pagers", *different)
    sources = {name: _redirected(source, new.sources.get(name)) for name, source in running.sources.items()}
    desk = new.desk.model_copy(update=fixed)
    return Adopted(
        new.model_copy(update={"desk": desk, "sources": sources, "pagers": running.pagers}), different
    )


def _ways_in(config: SupportConfig) -> dict[str, Source]:
    return {name: _redirected(source, None) for name, source in config.sources.items()}


def _redirected(source: Source, new: Source | None) -> Source:
    """The same way in, with the default queue of now: the one of before may be gone."""
    return source.model_copy(update={"default_queue": new.default_queue if new else None})
