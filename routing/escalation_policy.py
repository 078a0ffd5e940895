"""What an escalation does, step by step: written by a person in support.yaml, kept as it was when one starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from routing import sla
from routing.decision import Priority  # noqa: TC001 - pydantic reads the annotations
from routing.rules import QueueId  # noqa: TC001 - as above
from routing.strict import Strict, known, shaped

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_REPEATS = 20
"""A chain that nobody stops ends all the same: each round pages people."""

LONGEST = timedelta(days=31)


def _duration(value: Any) -> Any:
    """What a person writes (`10m`); what was stored is ISO 8601 (`PT10M`), which pydantic reads itself."""
    return sla.parse_duration(value) if isinstance(value, str) and not value.startswith("P") else value


def _is_sensible(value: timedelta) -> timedelta:
    if value > LONGEST:
        raise ValueError(f"it is longer than {sla.phrase(LONGEST)}")
    return value


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_is_sensible)]


def _is_known_schedule(value: str, info: ValidationInfo) -> str:
    names = (info.context or {}).get("schedule")
    name = value.removeprefix(SCHEDULE_PREFIX)
    if name != value and names is not None and name not in names:
        raise ValueError(f"no schedule is called {name!r}; there are {', '.join(sorted(names)) or 'none'}")
    return value


ASSIGNEE, ON_CALL, EVERYONE, ROUND_ROBIN = "assignee", "on_call", "everyone", "round_robin"
WORDS = frozenset({ASSIGNEE, ON_CALL, EVERYONE, ROUND_ROBIN})
"""Recipients that depend on the ticket: who has it, who is on call for its queue, and the people of its queue,
all of them or one after the other."""

SCHEDULE_PREFIX = "schedule:"
_IDS = r"[USW][A-Z0-9]{2,}|#[^\s#A-Z]{1,80}|[CG][A-Z0-9]{2,}"
Recipient = Annotated[
    str,
    shaped(
        rf"{_IDS}|{'|'.join(sorted(WORDS))}|{SCHEDULE_PREFIX}[a-z0-9-]+",
        "a recipient: write assignee, on_call, everyone, round_robin, schedule:name, #channel, or a Slack id "
        "(U..., S... or C...)",
    ),
    AfterValidator(_is_known_schedule),
]
PagerName = Annotated[str, known("pager")]


class Storm(Strict):
    """More tickets than this in the ticket's queue, in the time before."""

    more_than: int = Field(ge=1)
    within: Duration


class OnlyIf(Strict):
    """What must hold when a step is due; all that is written."""

    unclaimed: bool | None = None
    """Whether nobody has the ticket."""
    priority: Priority | None = None
    """The ticket's priority is this or higher."""
    business_hours: bool | None = None
    tickets: Storm | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("it asks for nothing: write unclaimed, priority, business_hours or tickets")
        return self


_ACTIONS = ("wait", "notify", "page", "raise_priority", "reassign", "repeat", "stop")


class Step(Strict):
    """One thing that happens, perhaps only if something holds.

    With `only_if` alone it is a gate: where that does not hold, the escalation goes no further.
    """

    wait: Duration | None = None
    notify: Annotated[tuple[Recipient, ...] | None, BeforeValidator(_several), Field(min_length=1)] = None
    page: Annotated[tuple[PagerName, ...] | None, BeforeValidator(_several), Field(min_length=1)] = None
    raise_priority: Priority | None = None
    reassign: QueueId | None = None
    """The queue that the ticket moves to; its on-call is meant from then on."""
    repeat: Annotated[int, Field(ge=1, le=MAX_REPEATS)] | None = None
    """Begin again with the first step, at most so many times."""
    stop: bool | None = None
    only_if: OnlyIf | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        written = [name for name in _ACTIONS if getattr(self, name) is not None]
        if len(written) > 1:
            raise ValueError(f"a step does one thing, this one {' and '.join(written)}: make it two steps")
        if not written and self.only_if is None:
            raise ValueError(f"a step does one of {', '.join(_ACTIONS)}, or is an only_if")
        return self

    @property
    def action(self) -> str:
        """What it does, by the word of its author: `wait`; `only_if` for a gate."""
        return next((name for name in _ACTIONS if getattr(self, name) is not None), "only_if")


class Triggers(Strict):
    """What starts the policy by itself. The Escalate button and the urgent word always do."""

    unclaimed_for: Duration | None = None
    """Nobody has claimed the ticket since it was opened or released."""
    sla_warning: bool = False
    sla_breach: bool = False
    priority: Priority | None = None
    """A ticket is opened with this priority or a higher one, or is raised to it."""
    incident: bool = False
    """A rule calls the ticket's mail a sign of an incident."""


class EscalationPolicy(Strict):
    """Ordered steps, what starts them, and what happens to an acknowledgement that nothing follows."""

    triggers: Triggers = Triggers()
    steps: tuple[Step, ...] = Field(min_length=1)
    ask_after: Duration | None = timedelta(minutes=30)
    """How long after an acknowledgement, or the last sign of progress, whoever gave it is asked about it."""
    release_after: Duration = timedelta(minutes=15)
    """How long after the question the escalation goes on without them."""

    @model_validator(mode="after")
    def _ends(self) -> Self:
        for step in self.steps[:-1]:
            if step.only_if is None and step.action in {"repeat", "stop"}:
                raise ValueError(
                    f"no step behind `{step.action}` can ever run: put it last, or give it an only_if"
                )
        for index, step in enumerate(self.steps):
            if step.action == "repeat" and not any(
                earlier.action == "wait" for earlier in self.steps[:index]
            ):
                raise ValueError("a repeat needs a wait before it: all rounds would run at once")
        return self


STANDARD = EscalationPolicy(
    steps=(
        Step(notify=(ON_CALL,)),
        Step(wait=timedelta(minutes=10)),
        Step(repeat=3),
    )
)
"""For a queue that names no policy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """What an `only_if` is asked about, as it is when its step is due."""

    is_unclaimed: bool
    priority: Priority
    is_business_hours: bool
    recent: Mapping[timedelta, int] = field(default_factory=dict)
    """How many tickets the queue got within the last so-and-so long, for each time that the policy asks for."""


def holds(condition: OnlyIf | None, situation: Situation) -> bool:
    """Whether all that is written holds; nothing always does."""
    if condition is None:
        return True
    storm = condition.tickets
    return all(
        (
            condition.unclaimed in {None, situation.is_unclaimed},
            condition.priority is None or situation.priority.rank >= condition.priority.rank,
            condition.business_hours in {None, situation.is_business_hours},
            storm is None or situation.recent[storm.within] > storm.more_than,
        )
    )
