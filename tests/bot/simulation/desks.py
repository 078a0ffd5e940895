"""A desk with on-call schedules and escalation policies, to foretell."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot import config as config_module
from bot.simulation import forecast
from bot.simulation.rotas import Rotas
from routing import wall_clock
from routing.decision import Priority
from routing.escalation import Trigger
from routing.escalation_simulation import Assumption

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import SupportConfig
    from bot.simulation.forecast import Forecast

BERLIN = ZoneInfo("Europe/Berlin")
YAML = """\
desk:
  name: Test Desk
  addresses: [help@desk.example]
  triage_queue: triage
  fallback_channel: "#fallback"
  operators_channel: "#ops"
  incident_channel: "#incidents"
  last_resort: [boss@desk.example]
mail: {sender_name: Test Desk, footer: Legal text}
sources: {raw: {provider: raw, tenant: test, default_queue: tech}}
pagers: {pd: {kind: pagerduty}}
queues:
  triage: {name: Triage, description: Any, channel: "#any", on_call: U0TRIAGE}
  tech:
    name: Tech
    description: Any
    channel: "#tech"
    on_call: night
    people: [U0ANA, U0BO]
    escalation: {default: loud, urgent: brief}
escalation_policies:
  loud:
    triggers: {unclaimed_for: 30m}
    steps:
      - {notify: on_call}
      - {wait: 10m}
      - {page: pd, only_if: {business_hours: false}}
      - {notify: everyone}
      - {wait: 20m}
      - {repeat: 2}
  brief:
    steps: [{notify: on_call}, {wait: 5m}, {page: pd}]
schedules:
  night:
    zone: Europe/Berlin
    layers:
      - {starts: 2026-01-05, people: [U0KIM, U0LEE], rotation: daily, hours: {mon-sun: "21:00-09:00"}}
"""
"""By this schedule U0KIM has the night to 2026-12-24, and by day there is nobody."""


def desk() -> SupportConfig:
    return config_module.parse(YAML, name="desk.yaml")


def at(wall: datetime) -> datetime:
    """What the clocks of Berlin show."""
    return wall_clock.instant(wall, BERLIN)


def foretold(
    start: datetime,
    *,
    priority: Priority = Priority.NORMAL,
    trigger: Trigger = Trigger.PRESSED,
    queue: str = "tech",
    config: SupportConfig | None = None,
) -> Forecast:
    config = config or desk()
    ticket = Assumption(queue=queue, priority=priority)
    wish = forecast.Wish(ticket=ticket, trigger=trigger, at=at(start), zone=BERLIN)
    return forecast.make(config, wish, Rotas.written(config))
