"""The desk's configuration: support.yaml read, checked and compiled; every error has its line and column."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError

from bot import classifiers, config_errors, ical, language, yaml_file
from bot.config_attachments import Attachments
from bot.config_directory import Directory  # noqa: TC001 - pydantic reads the annotations
from bot.config_escalation import PolicyNames
from bot.config_incidents import Incidents
from bot.config_pagers import Pager  # noqa: TC001 - as above
from bot.config_retention import Retention
from bot.config_schedules import ICalSchedule, Schedule
from bot.config_sla import LONGEST, Sla
from bot.config_sources import Source  # noqa: TC001 - as above
from bot.config_types import Channel, Duration, Line, Mailbox, OnCall, Person, Slug  # noqa: TC001 - as above
from bot.yaml_file import ConfigError as ConfigError  # noqa: PLC0414 - what load raises is taken from here
from routing import escalation_policy, guesses, sla
from routing.business_hours import BusinessHours
from routing.circumstances import STANDARD_TIER
from routing.entities import BUILT_IN, KINDS, Extractor
from routing.escalation_policy import EscalationPolicy  # noqa: TC001 - pydantic reads the annotations
from routing.model_file import LinearModel, ModelFileError
from routing.rule_tests import DeskTest  # noqa: TC001 - pydantic reads the annotations
from routing.rules import QueueId, Rule, Ruleset
from routing.sla_policy import Policy
from routing.strict import Strict, known, shaped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.yaml_file import Document, Problem
    from routing.decision import Priority

PROVIDERS = ("mailparse", "raw", "postmark", "mailgun", "sendgrid", "ses", "resend")
"""Shapes of inbound mail that a source may have."""


class Desk(Strict):
    """The desk as a whole."""

    name: Line
    ticket_prefix: Annotated[
        str, shaped(r"[A-Z][A-Z0-9]{0,9}", "a prefix: up to ten capitals and digits")
    ] = "DB"
    addresses: tuple[Mailbox, ...] = Field(min_length=1)
    """The desk's own addresses; the first is the sender of all its mail."""
    triage_queue: QueueId
    """Where a person decides: for mail that no rule knows or that the rules are unsure about."""
    confidence_threshold: float = Field(default=0.6, ge=0, le=1)
    fallback_channel: Channel
    """Where a card goes if the channel of its queue cannot be reached."""
    operators_channel: Channel
    """Where the desk reports its own troubles."""
    incident_channel: Channel
    last_resort: tuple[Mailbox, ...] = ()
    """Who gets a mail where neither Slack nor a pager could reach anybody."""
    leads: tuple[Person, ...] = ()
    """Who may reload and change the rules from Slack; nobody where none is named."""
    authserv_ids: tuple[Annotated[Line, AfterValidator(str.lower)], ...] = ()
    """Names by which our own mail servers sign Authentication-Results (RFC 8601, 2.5); no others are believed."""
    trace_link_ttl: Duration = timedelta(days=7)
    reopen_within: Duration = timedelta(days=7)
    """How long after its resolution a customer's answer opens a ticket again; later it opens a linked one."""
    tickets_per_sender: int = Field(default=60, ge=1)
    """How many tickets one sender may open within an hour; what is beyond them is parked."""
    signed_reply_address: bool = True
    """Whether mails ask for answers to `support+DB1042.<mark>@...`; off where the mail server knows no `+`."""


class Mail(Strict):
    """What stands in every mail to a customer."""

    sender_name: Line
    footer: str
    """Legal text; may have several lines."""
    urgent_word: Line = "URGENT"
    """With this as the first word of the subject or the text a customer marks a mail as urgent, which calls on-call."""
    also_urgent: tuple[Line, ...] = (
        "dringend",
        "urgente",
        "dringende",
        "pilne",
        "срочно",
        "紧急",
        "緊急",
    )
    """Other languages' words for it; the acknowledgement mail tells `urgent_word` only."""


class Queue(Strict):
    """Where tickets wait for a team."""

    name: Line
    description: str
    channel: Channel
    on_call: OnCall
    escalation: PolicyNames = PolicyNames()
    """Escalation policy by priority; the standard one where none is named."""
    people: tuple[OnCall, ...] = ()
    """Who works in the queue, for steps that notify `everyone` or `round_robin`: users, or user groups."""
    sla: dict[Annotated[str, known("SLA tier")], Sla] = Field(default_factory=dict)
    """What is promised by tier; `default` is for the tiers that are not named."""
    business_hours: BusinessHours | None = None
    """When its people are at work; None for the hours of the desk."""


class Classifier(Strict):
    """Who guesses where no rule is sure."""

    model: Line
    """A file that `deskbell train` has written."""


class SupportConfig(Strict):
    """The whole of support.yaml."""

    desk: Desk
    mail: Mail
    attachments: Attachments = Attachments()
    tiers: dict[Slug, tuple[Line, ...]] = Field(default_factory=dict)
    """Patterns of sender addresses by tier, as in a shell: `*@bigcustomer.example`."""
    directory: Directory | None = None
    """Where requesters are looked up before their mail is routed; None for nowhere."""
    pagers: dict[Slug, Pager] = Field(default_factory=dict)
    """Services that call people by telephone, for the steps of an escalation."""
    sources: dict[Slug, Source] = Field(min_length=1)
    queues: dict[Slug, Queue] = Field(min_length=1)
    escalation_policies: dict[Slug, EscalationPolicy] = Field(default_factory=dict)
    entities: tuple[Extractor, ...] = ()
    lists: dict[Slug, tuple[Line, ...]] = Field(default_factory=dict)
    """Named lists of whole values, for `in`: addresses, domains, campaign names."""
    business_hours: BusinessHours = BusinessHours()
    schedules: dict[Slug, Schedule] = Field(default_factory=dict)
    """Who is on call when, by name; a queue's `on_call` may be one of them."""
    incidents: Incidents = Incidents()
    rules: tuple[Rule, ...] = ()
    tests: tuple[DeskTest, ...] = ()
    """Where mails must go, whichever rule decides; `deskbell check` tries them and the tests of each rule."""
    retention: Retention = Retention()
    classifier: Classifier | None = None
    """None for guesses by the descriptions of the queues, which never decide."""
    _ruleset: Ruleset = PrivateAttr()
    _model: LinearModel | None = PrivateAttr(default=None)

    def model_post_init(self, context: Any, /) -> None:
        """Put the rule set together, once."""
        del context
        self._ruleset = Ruleset(
            rules=self.rules,
            triage_queue=self.desk.triage_queue,
            confidence_threshold=self.desk.confidence_threshold,
            extractors=(*BUILT_IN, *self.entities),
            business_hours=self.business_hours,
        )

    def ruleset(self) -> Ruleset:
        """All that decides where a mail goes."""
        return self._ruleset

    def read_model(self) -> None:
        """Read the model file, once.

        Raises:
            ModelFileError: there is no such file, or it is no model.
        """
        if self.classifier:
            self._model = classifiers.read(self.classifier.model)

    @property
    def model(self) -> LinearModel | None:
        """The content of the model file when the configuration was read."""
        return self._model

    @cached_property
    def guesser(self) -> guesses.Classifier:
        """Who is asked where no rule is sure."""
        return classifiers.build(self)

    def sla_policy(self, queue_id: str, tier: str, *, told: timedelta | None = None) -> Policy:
        """What a queue promises to a tier; `told` is a first response that the directory has promised by itself."""
        queue = self.queue(queue_id)
        written = queue.sla.get(tier, queue.sla.get(sla.DEFAULT_TIER))
        policy = written.policy(queue.business_hours or self.business_hours) if written else Policy()
        return policy.model_copy(update={"first_response": min(told, LONGEST)}) if told else policy

    def policy(self, queue_id: str, priority: Priority) -> EscalationPolicy:
        """What an escalation of a ticket does."""
        name = self.queue(queue_id).escalation.of(priority)
        return self.escalation_policies[name] if name else escalation_policy.STANDARD

    def queue(self, queue_id: str) -> Queue:
        """The queue of a stored ticket; the triage queue takes the tickets of one that is no longer configured."""
        return self.queues.get(queue_id) or self.queues[self.desk.triage_queue]

    def tier_of(self, address: str, *, told: str | None = None) -> str:
        """What the directory has told, if there is such a tier; else the first that has a pattern for a sender."""
        if told is not None and (told.lower() in self.tiers or told.lower() == STANDARD_TIER):
            return told.lower()
        tiers = (tier for tier, patterns in self.tiers.items() if _fits(address, patterns))
        return next(tiers, STANDARD_TIER)


def _fits(address: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(address.lower(), pattern.lower()) for pattern in patterns)


def load(path: Path, *, reads_model: bool = True) -> SupportConfig:
    """Read and check a configuration file; without its model for whoever is about to train one.

    Raises:
        ConfigError: the file is missing, is not YAML, or says something wrong.
    """
    return of(yaml_file.read(path), reads_model=reads_model)


def parse(text: str, *, name: str) -> SupportConfig:
    """Check a configuration that stands in no file, and so has no model; `name` is what its problems call it.

    Raises:
        ConfigError: it is not YAML, or says something wrong.
    """
    return of(yaml_file.parse(name, text), reads_model=False)


def of(document: Document, *, reads_model: bool = True) -> SupportConfig:
    """Check what a file says; tests are not run.

    Raises:
        ConfigError: it says something wrong.
    """
    problems = [
        *document.duplicate_keys,
        *config_errors.duplicate_ids(document, "entities"),
        *config_errors.duplicate_ids(document, "rules"),
    ]
    try:
        config = SupportConfig.model_validate(document.data, context=_known_names(document.data))
    except ValidationError as error:
        problems += config_errors.invalid(document, error, SupportConfig)
    else:
        problems += _missing_extras(document, config)
        problems += _unusable_model(document, config) if reads_model else ()
        if not problems:
            return config
    raise ConfigError(tuple(sorted(problems, key=lambda problem: (problem.line, problem.column))))


def _missing_extras(document: Document, config: SupportConfig) -> Iterator[Problem]:
    for name, schedule in config.schedules.items():
        if isinstance(schedule, ICalSchedule) and not ical.is_available():
            yield document.problem(
                ("schedules", name, "ical"), "reading it needs pip install 'deskbell[ical]'"
            )
    if "language" in config.ruleset().channels and not language.is_available():
        yield document.problem(
            ("rules",), "a rule asks for the language: it needs pip install 'deskbell[language]'"
        )


def _unusable_model(document: Document, config: SupportConfig) -> Iterator[Problem]:
    try:
        config.read_model()
    except ModelFileError as error:
        yield document.problem(("classifier", "model"), str(error))


def _known_names(data: Any) -> dict[str, Any]:
    """What may be referred to, read before anything is checked, so that one reading finds every error."""
    tiers = frozenset((STANDARD_TIER, *config_errors.ids(data, "tiers")))
    return {
        "queue": frozenset(config_errors.ids(data, "queues")),
        "entity": KINDS.union(config_errors.ids(data, "entities")),
        "tier": tiers,
        "SLA tier": tiers | {sla.DEFAULT_TIER},
        "provider": frozenset(PROVIDERS),
        "authentication result": frozenset({"pass", "fail", "none"}),
        "escalation policy": frozenset(config_errors.ids(data, "escalation_policies")),
        "schedule": frozenset(config_errors.ids(data, "schedules")),
        "pager": frozenset(config_errors.ids(data, "pagers")),
        "list": frozenset(config_errors.ids(data, "lists")),
        "lists": data.get("lists") if isinstance(data, dict) and isinstance(data.get("lists"), dict) else {},
    }
