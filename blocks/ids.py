"""Every action_id and callback_id once, and the refs that travel in button values and private_metadata."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError


class Action(StrEnum):
    """action_id of a button or menu on a message."""

    CLAIM = "claim"
    RELEASE = "release"
    REASSIGN = "reassign"
    ESCALATE = "escalate"
    REPLY = "reply"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    TRACE = "trace"
    """Opens a link; Slack reports the press all the same and wants it acknowledged."""
    ACKNOWLEDGE = "acknowledge"
    END_ESCALATION = "end_escalation"
    SNOOZE = "snooze"
    """A menu; its options carry a `SnoozeRef`."""
    HAND_OVER = "hand_over"
    ADD_RESPONDER = "add_responder"
    STILL_ON_IT = "still_on_it"
    GIVE_BACK = "give_back"
    RETRY_DEAD_LETTER = "retry_dead_letter"
    DISCARD_DEAD_LETTER = "discard_dead_letter"
    JOIN = "join"
    MAKE_REQUESTER = "make_requester"
    RELEASE_PARKED = "release_parked"
    GUESS = "guess"
    """Moves a ticket in triage to the queue that the model guesses; carries a `GuessRef`."""
    SECOND_GUESS = "second_guess"
    """The same for the next best one: an action_id may stand only once in a row."""
    MORE = "more"
    """The overflow menu of a card; its options carry a `MoreRef`."""
    TRY_RULES = "try_rules"
    APPLY_REPLAY = "apply_replay"
    UNDO_REPLAY = "undo_replay"
    UNDO_OVERRIDE = "undo_override"
    ACCEPT_SWAP = "accept_swap"
    DECLINE_SWAP = "decline_swap"
    INCIDENT_TAKE = "incident_take"
    INCIDENT_UPDATE = "incident_update"
    INCIDENT_ROOM = "incident_room"
    INCIDENT_RESOLVE = "incident_resolve"
    INCIDENT_TIMELINE = "incident_timeline"
    INCIDENT_POSTMORTEM = "incident_postmortem"


class Callback(StrEnum):
    """callback_id of a modal."""

    REASSIGN_MODAL = "reassign_modal"
    ESCALATE_MODAL = "escalate_modal"
    REPLY_MODAL = "reply_modal"
    REPLY_PREVIEW = "reply_preview"
    MERGE_MODAL = "merge_modal"
    SPLIT_MODAL = "split_modal"
    MISROUTED_MODAL = "misrouted_modal"
    RULES_MODAL = "rules_modal"
    HAND_OVER_MODAL = "hand_over_modal"
    RESPONDER_MODAL = "responder_modal"
    INCIDENT_OPEN_MODAL = "incident_open_modal"
    INCIDENT_UPDATE_MODAL = "incident_update_modal"
    INCIDENT_RESOLVE_MODAL = "incident_resolve_modal"
    INCIDENT_UPDATE_PREVIEW = "incident_update_preview"


class More(StrEnum):
    """What the overflow menu of a card offers."""

    MISROUTED = "misrouted"
    MERGE = "merge"
    SPLIT = "split"
    INCIDENT = "incident"
    """Opens an incident with this ticket."""
    LEAVE_INCIDENT = "leave_incident"
    POST_CARD = "post_card"
    """For a ticket whose incident stands for it."""


class Snooze(StrEnum):
    """How long nobody is called."""

    QUARTER = "15m"
    HOUR = "1h"
    BUSINESS_DAY = "business_day"
    """Until work begins on the next day that has working hours."""


class Input(StrEnum):
    """An input of a modal: its block_id (where Slack shows an error) and its action_id are the same word."""

    QUEUE = "queue"
    ASSIGNEE = "assignee"
    NOTE = "note"
    REASON = "reason"
    URGENCY = "urgency"
    BODY = "body"
    TICKET = "ticket"
    MESSAGE = "message"
    RULES = "rules"
    PERSON = "person"
    TITLE = "title"


class UnknownRefError(ValueError):
    """The value was not written by this release: an old card, a newer one, or not ours at all."""


class _Ref(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1

    def encode(self) -> str:
        """As a button's value (2,000 characters at most) or a view's private_metadata (3,000)."""
        return self.model_dump_json()

    @classmethod
    def decode(cls, value: str) -> Self:
        """Read what `encode` wrote; anything else raises `UnknownRefError`."""
        try:
            ref = cls.model_validate_json(value)
        except ValidationError as error:
            raise UnknownRefError(f"not a {cls.__name__} of version 1: {value[:100]!r}") from error
        return ref


class TicketRef(_Ref):
    """Which ticket a button or a modal is about."""

    ticket_id: int


class ReplyRef(_Ref):
    """Which ticket a preview answers, and whom: it may be somebody else by the time that Send is pressed."""

    ticket_id: int
    to: str


class MoreRef(_Ref):
    """An option of the overflow menu; 150 characters at most once it is encoded."""

    ticket_id: int
    choice: More


class GuessRef(_Ref):
    """Which queue a button proposes for a ticket."""

    ticket_id: int
    queue: str


class ParkedRef(_Ref):
    """Which parked mail a Release button is about."""

    trace_id: str


class EscalationRef(_Ref):
    """Which escalation a button or a modal is about."""

    escalation_id: int
    ticket_id: int


class SnoozeRef(_Ref):
    """An option of the Snooze menu; 150 characters at most once it is encoded."""

    escalation_id: int
    choice: Snooze


class DeadLetterRef(_Ref):
    """Which outbox entry a button sends again or discards."""

    entry_id: int


class ReplayRef(_Ref):
    """Which replay a button under its message applies or undoes."""

    replay_id: int


class DraftRef(_Ref):
    """Where the replay of a draft is to be posted, and what the draft takes the place of."""

    channel: str
    is_whole: bool
    """All rules; else only those whose ids it names."""


class OverrideRef(_Ref):
    """Which override of an on-call schedule an Undo button takes back."""

    override_id: int


class SwapRef(_Ref):
    """Which request to take a shift a button answers."""

    swap_id: int


class IncidentRef(_Ref):
    """Which incident a button or a modal is about."""

    incident_id: int


class UpdateRef(_Ref):
    """Which update a preview sends to the requesters of an incident, and whether it is the last one."""

    incident_id: int
    update_id: int
    resolves: bool = False
