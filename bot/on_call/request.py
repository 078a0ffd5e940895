"""Reads what people type after `/support oncall`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import DeliveryError, NotAllowedError

if TYPE_CHECKING:
    from bot.services import Services

_PERSON = r"(?:<@[UW][A-Z0-9]+(?:\|[^>]*)?>|@\S.*?)"
_OVERRIDE = re.compile(
    rf"(?P<person>{_PERSON})(?:\s+instead\s+of\s+(?P<replaces>{_PERSON}))?"
    r"(?:\s+(?P<when>(?:from|until|till|to|for)\b.*))?",
    re.IGNORECASE,
)
_SHIFT = r"(?:\d[\d-]*|(?:today|tomorrow|mon|tue|wed|thu|fri|sat|sun)[a-z]*)(?:\s+\d{1,2}:\d\d)?"
_SWAP = re.compile(rf"(?P<person>{_PERSON})(?:\s+(?P<shift>{_SHIFT}))?", re.IGNORECASE)
_ID = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


class Wish(NamedTuple):
    """What is to be done: nothing but looking, an override, or a swap."""

    schedule: str | None
    verb: str
    rest: str


class OverrideWish(NamedTuple):
    """People are mentioned as Slack sends it."""

    person: str
    replaces: str | None
    when: str


class SwapWish(NamedTuple):
    """`shift` is empty for the next one."""

    person: str
    shift: str


def read(services: Services, argument: str) -> Wish:
    """`[schedule] [override|swap] ...`.

    Raises:
        NotAllowedError: it is something else.
    """
    first, _, rest = argument.strip().partition(" ")
    schedule = first if first in services.config.schedules else None
    if schedule is not None:
        first, _, rest = rest.strip().partition(" ")
    if first.lower() not in {"", "override", "swap"}:
        raise NotAllowedError(
            "Write `/support oncall`, `/support oncall override @bo until 18:00` or `/support oncall swap @bo`, "
            "with the name of a schedule after `oncall` if there are several."
        )
    return Wish(schedule, first.lower(), rest.strip())


def override(rest: str) -> OverrideWish:
    """`@bo [instead of @kim] until 18:00`.

    Raises:
        NotAllowedError: it is something else.
    """
    match = _OVERRIDE.fullmatch(rest)
    if not match:
        raise NotAllowedError("Who? Write for example `/support oncall override @bo until 18:00`.")
    return OverrideWish(match["person"], match["replaces"], match["when"] or "")


def swap(rest: str) -> SwapWish:
    """`@bo [2 | fri | 2026-12-24]`.

    Raises:
        NotAllowedError: it is something else.
    """
    match = _SWAP.fullmatch(rest)
    if not match:
        raise NotAllowedError("With whom? Write for example `/support oncall swap @bo`.")
    return SwapWish(match["person"], match["shift"] or "")


async def person(services: Services, mention: str) -> str:
    """The Slack user id of a mention; as a name, where Slack does not escape what people type.

    Raises:
        NotAllowedError: nobody goes by that name, or several people do.
    """
    if match := _ID.fullmatch(mention):
        return match[1]
    name = mention.removeprefix("@").strip()
    try:
        found = await services.workspace.people_called(name)
    except DeliveryError as error:
        raise NotAllowedError(f"Slack does not say who @{name} is right now: {error}.") from error
    if len(found) != 1:
        problem = "Several people go" if found else "Nobody goes"
        raise NotAllowedError(f"{problem} by the name @{name} here. Use the handle of the person.")
    return found[0]
