"""What Slack says of the people whom support.yaml names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.config_schedules import FedSchedule, LayeredSchedule
from bot.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.config import SupportConfig
    from bot.integrations.slack import SlackWorkspace

_USER, _GROUP = re.compile(r"[UW][A-Z0-9]{2,}"), re.compile(r"S[A-Z0-9]{2,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackPeople:
    """Users and user groups by their ids."""

    names: Mapping[str, str]
    members: Mapping[str, tuple[str, ...]]
    """Of each group, those who are still there."""
    gone: Mapping[str, str]
    """Users and groups that nobody can call, and why."""

    def name(self, slack_id: str) -> str:
        """How somebody is called; the id of whom Slack was not asked about."""
        return self.names.get(slack_id, slack_id)


async def ask(workspace: SlackWorkspace, ids: Iterable[str]) -> SlackPeople:
    """Look up users and user groups, and the members of these; what is neither is passed over.

    Raises:
        DeliveryError: Slack does not answer, or refuses the token.
    """
    wanted = set(ids)
    groups = sorted(filter(_GROUP.fullmatch, wanted))
    handles = await workspace.group_handles() if groups else {}
    members: dict[str, tuple[str, ...]] = {}
    gone: dict[str, str] = {}
    for group in groups:
        try:
            members[group] = tuple(await workspace.group_members(group))
        except PermanentError:
            gone[group] = "there is no such user group"
    people = {one for group in members.values() for one in group} | set(filter(_USER.fullmatch, wanted))
    names = {group: handles.get(group, group) for group in members}
    for person in sorted(people):
        account = await workspace.account(person)
        if account:
            names[person] = account.name
        if account is None or not account.is_active:
            gone[person] = "has left the workspace" if account else "there is no such person in Slack"
    for group, all_members in members.items():
        members[group] = tuple(person for person in all_members if person not in gone)
        if not members[group]:
            gone[group] = "this user group has no members"
    return SlackPeople(names=names, members=members, gone=gone)


def named(config: SupportConfig) -> set[str]:
    """Every user and user group that escalations may call."""
    steps = (step for policy in config.escalation_policies.values() for step in policy.steps)
    schedules = (one for one in config.schedules.values() if isinstance(one, LayeredSchedule))
    feeds = (one.feed for one in config.schedules.values() if isinstance(one, FedSchedule))
    return {
        *(queue.on_call for queue in config.queues.values()),
        *(person for queue in config.queues.values() for person in queue.people),
        *(recipient for step in steps for recipient in step.notify or ()),
        *(person for one in schedules for layer in one.layers for place in layer.people for person in place),
        *(person for feed in feeds for person in feed.people.values()),
    }
