"""What a running desk takes over of a new configuration, and what waits."""

from __future__ import annotations

from bot import config_running
from bot.config import SupportConfig
from bot.config_pagers import PagerDuty


def desk(*, source: dict[str, str] | None = None, **changes: str | list[str]) -> SupportConfig:
    about = {
        "name": "Test Desk",
        "addresses": ["help@desk.example"],
        "triage_queue": "triage",
        "fallback_channel": "#fallback",
        "operators_channel": "#ops",
        "incident_channel": "#incidents",
    }
    queue = {"name": "Triage", "description": "A person decides", "channel": "#triage", "on_call": "U0ONCALL"}
    return SupportConfig.model_validate(
        {
            "desk": about | changes,
            "mail": {"sender_name": "Test Desk", "footer": "Legal text"},
            "sources": {"raw": {"provider": "raw", "tenant": "test"} | (source or {})},
            "queues": {"triage": queue},
        }
    )


def test_what_can_change_changes() -> None:
    adopted = config_running.adopt(desk(), desk(name="New Desk", operators_channel="#other", leads=["U0ANA"]))
    assert adopted.needs_restart == ()
    about = adopted.config.desk
    assert (about.name, about.operators_channel, about.leads) == ("New Desk", "#other", ("U0ANA",))


def test_what_is_out_in_the_world_keeps_its_value() -> None:
    new = desk(addresses=["new@desk.example"], ticket_prefix="XY", trace_link_ttl="1d")
    adopted = config_running.adopt(desk(), new)
    assert adopted.needs_restart == ("desk.addresses", "desk.ticket_prefix", "desk.trace_link_ttl")
    assert adopted.config.desk == desk().desk


def test_a_way_in_stays_but_its_default_queue_may_change() -> None:
    adopted = config_running.adopt(desk(), desk(source={"default_queue": "triage"}))
    assert adopted.needs_restart == ()
    assert adopted.config.sources["raw"].default_queue == "triage"
    other = config_running.adopt(desk(source={"default_queue": "triage"}), desk(source={"tenant": "other"}))
    assert other.needs_restart == ("sources",)
    assert (other.config.sources["raw"].tenant, other.config.sources["raw"].default_queue) == ("test", None)


def test_pagers_stay_what_they_were_built_from() -> None:
    running = desk().model_copy(update={"pagers": {"pd": PagerDuty(kind="pagerduty")}})
    adopted = config_running.adopt(running, desk())
    assert adopted.needs_restart == ("pagers",)
    assert adopted.config.pagers == running.pagers
