"""People and user groups whom an escalation would call in vain, as Slack says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.check import marking
from bot.config_schedules import FedSchedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import SupportConfig
    from bot.slack_people import SlackPeople
    from bot.yaml_file import Document, Loc, Problem


def people(config: SupportConfig, document: Document, slack: SlackPeople) -> Iterator[Problem]:
    """Yield each place that names somebody who is gone, or a group without members."""
    for loc, slack_id in _named(config):
        if slack_id in slack.gone:
            code = "empty-group" if slack_id.startswith("S") else "unknown-person"
            yield marking.error(document, loc, code, f"{slack_id}: {slack.gone[slack_id]}")


def _named(config: SupportConfig) -> Iterator[tuple[Loc, str]]:
    for name, queue in config.queues.items():
        yield ("queues", name, "on_call"), queue.on_call
        yield from ((("queues", name, "people", place), one) for place, one in enumerate(queue.people))
    for name, described in config.schedules.items():
        if isinstance(described, FedSchedule):
            kind = "ical" if hasattr(described, "ical") else "pagerduty"
            for key, person in described.feed.people.items():
                yield ("schedules", name, kind, "people", key), person
            continue
        for number, layer in enumerate(described.layers):
            for turn, together in enumerate(layer.people):
                loc = ("schedules", name, "layers", number, "people", turn)
                is_alone = len(together) == 1
                yield from (((loc if is_alone else (*loc, place)), one) for place, one in enumerate(together))
    for name, policy in config.escalation_policies.items():
        for number, step in enumerate(policy.steps):
            for place, recipient in enumerate(step.notify or ()):
                yield ("escalation_policies", name, "steps", number, "notify", place), recipient
