"""Is this mail automatic, and may it be answered automatically?

The rules are those of RFC 3834 (section 2: when not to respond), of the reports of RFC 3464 (bounces),
RFC 5965 (abuse) and RFC 8098 (read receipts), and of what mail programs really send.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from routing import authentication, away_subjects, bounces, signs

if TYPE_CHECKING:
    from collections.abc import Collection

    from routing.email import Address, InboundEmail
    from routing.signs import Sign

LOOP_HEADER = "X-Deskbell-Loop"
"""Stands on every mail that this desk sends, with the desk's domain: another Deskbell's mail is no loop of ours."""


class AutomaticKind(StrEnum):
    """What sort of automatic mail it is; stored strings, stable for ever."""

    LOOP = "loop"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    AUTO_GENERATED = "auto_generated"
    MAILING_LIST = "mailing_list"
    FEEDBACK_REPORT = "feedback_report"
    CHALLENGE = "challenge"
    DELIVERY_NOTICE = "delivery_notice"


@dataclass(frozen=True, kw_only=True, slots=True)
class Automatic:
    """What was found out about a mail."""

    is_automatic: bool
    kind: AutomaticKind | None
    answer_allowed: bool
    """Whether an automatic answer may go out: never to automatic mail, and not to all other mail."""
    reasons: tuple[str, ...]
    """Everything that speaks against an answer, for people to read; empty if one is allowed."""


class _Row(NamedTuple):
    kind: AutomaticKind | None
    """None where the mail may be a person's, and only must not be answered automatically."""
    reason: str
    holds: Sign


def judge(
    email: InboundEmail, *, own_addresses: Collection[str], authserv_ids: Collection[str] = ()
) -> Automatic:
    """Judge by headers, envelope and subject, never by the body: a customer may quote any robot.

    Args:
        email: the mail.
        own_addresses: the desk's addresses in lower case; their plus-addresses count as well.
        authserv_ids: see `authentication.judge`.
    """
    held = [row for row in (*_own_rows(own_addresses), *_ROWS) if row.holds(email)]
    kind = next((row.kind for row in held if row.kind), None)
    reasons = (*(row.reason for row in held), *authentication.judge(email, authserv_ids).reasons)
    return Automatic(is_automatic=kind is not None, kind=kind, answer_allowed=not reasons, reasons=reasons)


def _own_rows(own_addresses: Collection[str]) -> tuple[_Row, ...]:
    def is_own(address: Address | None) -> bool:
        if address is None:
            return False
        local, _, domain = address.email.rpartition("@")
        return f"{local.partition('+')[0]}@{domain}" in own_addresses or address.email in own_addresses

    domains = {address.rpartition("@")[2] for address in own_addresses}

    def has_own_mark(email: InboundEmail) -> bool:
        return any(value.strip().lower() in domains for value in email.header_all(LOOP_HEADER))

    return (
        _Row(AutomaticKind.LOOP, "the sender is this desk itself", lambda email: is_own(email.sender)),
        _Row(AutomaticKind.LOOP, f"{LOOP_HEADER}: it is this desk's own", has_own_mark),
        _Row(None, "an answer would go to this desk itself", lambda email: is_own(email.reply_to)),
    )


_END = r"(?=[\s;(]|$)"
_NOT_NO = r"(?!no\s*$)"
_OTHER_REPORTS = r"(?!feedback-report|disposition-notification|delivery-status)[\w-]+"

_NO_REPLY = r"(?:^|[-_.+])(?:no[-_.]?reply|do[-_.]?not[-_.]?reply)"
_FAILURE = (
    r"^\s*(?:undeliver(?:ed|able)\b|(?:mail )?delivery (?:failed|failure|status notification \(failure)"
    r"|returned mail\b|failure notice\b)"
)
_CHALLENGE = r"\bverify#|^please confirm your message$"  # BoxTrapper and TMDA

_BOUNCES = (
    _Row(AutomaticKind.BOUNCE, "a delivery report (RFC 3464)", signs.report("delivery-status")),
    _Row(
        AutomaticKind.BOUNCE,
        "a part tells the delivery status (RFC 3464)",
        lambda email: email.delivery_status is not None,
    ),
    _Row(AutomaticKind.BOUNCE, "X-Failed-Recipients: a dead address", signs.header("X-Failed-Recipients")),
    _Row(AutomaticKind.BOUNCE, "sent by a mail server", signs.sender("^(?:mailer-daemon|postmaster)")),
    _Row(AutomaticKind.BOUNCE, "sent from a bounce address", signs.sender("^bounces?")),
    _Row(
        AutomaticKind.BOUNCE,
        "the null return path and the subject of a bounce",
        signs.both(signs.has_null_path, signs.subject(_FAILURE)),
    ),
)

# The first row that holds names the kind, so the most telling stand first.
_ROWS = (
    _Row(AutomaticKind.FEEDBACK_REPORT, "an abuse report (RFC 5965)", signs.report("feedback-report")),
    _Row(
        AutomaticKind.DELIVERY_NOTICE,
        "a read receipt (RFC 8098)",
        signs.report("disposition-notification"),
    ),
    _Row(
        AutomaticKind.DELIVERY_NOTICE,
        "a notice of delay or delivery, not of failure",
        signs.both(signs.any_of(*(row.holds for row in _BOUNCES)), bounces.tells_no_failure),
    ),
    *_BOUNCES,
    _Row(AutomaticKind.CHALLENGE, "it asks the sender to prove to be a person", signs.subject(_CHALLENGE)),
    _Row(
        AutomaticKind.AUTO_REPLY,
        "Auto-Submitted: auto-replied (RFC 3834, 5)",
        signs.header("Auto-Submitted", rf"auto-replied{_END}"),
    ),
    *(
        _Row(AutomaticKind.AUTO_REPLY, name, signs.header(name, _NOT_NO))
        for name in ("X-Autoreply", "X-Autorespond", "X-Autoreply-From", "X-Mail-Autoreply")
    ),
    _Row(AutomaticKind.AUTO_REPLY, "X-Autogenerated: Reply", signs.header("X-Autogenerated", "reply")),
    _Row(
        AutomaticKind.AUTO_REPLY,
        "X-MS-Exchange-Inbox-Rules-Loop: sent by a rule of Exchange",
        signs.header("X-MS-Exchange-Inbox-Rules-Loop"),
    ),
    _Row(
        AutomaticKind.AUTO_REPLY,
        "Precedence: auto_reply",
        signs.header("Precedence", rf"auto_reply{_END}"),
    ),
    _Row(AutomaticKind.AUTO_REPLY, "an answer to an invitation (RFC 6047)", signs.is_calendar_reply),
    _Row(AutomaticKind.AUTO_REPLY, "the subject of a vacation notice", signs.subject(away_subjects.PATTERN)),
    _Row(AutomaticKind.MAILING_LIST, "List-* headers: it came by a list (RFC 2369)", signs.has_list_header),
    _Row(AutomaticKind.MAILING_LIST, "Precedence: list", signs.header("Precedence", rf"list{_END}")),
    _Row(
        AutomaticKind.AUTO_GENERATED,
        "Auto-Submitted is not no (RFC 3834, 5)",
        signs.header("Auto-Submitted", rf"(?!(?:no|auto-replied){_END})\S"),
    ),
    _Row(AutomaticKind.AUTO_GENERATED, "X-Loop: a robot has passed it on", signs.header("X-Loop")),
    _Row(AutomaticKind.AUTO_GENERATED, "another kind of report (RFC 6522)", signs.report(_OTHER_REPORTS)),
    _Row(
        AutomaticKind.AUTO_GENERATED,
        "Precedence: bulk",
        signs.header("Precedence", rf"(?:bulk|junk){_END}"),
    ),
    _Row(AutomaticKind.AUTO_GENERATED, "sent from a no-reply address", signs.sender(_NO_REPLY)),
    _Row(AutomaticKind.AUTO_GENERATED, "the null return path (RFC 5321, 4.5.5)", signs.has_null_path),
    _Row(
        None,
        "X-Auto-Response-Suppress asks for no answer",
        signs.header("X-Auto-Response-Suppress", r".*\b(?:all|autoreply|oof)\b"),
    ),
    _Row(None, "no address to answer to", lambda email: email.answer_to is None),
)
