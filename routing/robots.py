"""Is this mail automatic, and may it be answered automatically?

The rules are those of RFC 3834 (section 2: when not to respond), of the reports of RFC 3464 (bounces),
RFC 5965 (abuse) and RFC 8098 (read receipts), and of what mail programs really send.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.email import Address, InboundEmail

    _Test = Callable[[InboundEmail], bool]

LOOP_HEADER = "X-Deskbell-Loop"
"""Stands on every mail that this desk sends."""


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
    holds: _Test


def judge(email: InboundEmail, *, own_addresses: frozenset[str]) -> Automatic:
    """Judge by headers, envelope and subject, never by the body: a customer may quote any robot.

    Args:
        email: the mail.
        own_addresses: the desk's addresses in lower case; their plus-addresses count as well.
    """
    held = [row for row in (*_own_rows(own_addresses), *_ROWS) if row.holds(email)]
    kind = next((row.kind for row in held if row.kind), None)
    return Automatic(
        is_automatic=kind is not None,
        kind=kind,
        answer_allowed=not held,
        reasons=tuple(row.reason for row in held),
    )


def _own_rows(own_addresses: frozenset[str]) -> tuple[_Row, ...]:
    def is_own(address: Address | None) -> bool:
        if address is None:
            return False
        local, _, domain = address.email.rpartition("@")
        return f"{local.partition('+')[0]}@{domain}" in own_addresses or address.email in own_addresses

    return (
        _Row(AutomaticKind.LOOP, "the sender is this desk itself", lambda email: is_own(email.sender)),
        _Row(None, "an answer would go to this desk itself", lambda email: is_own(email.reply_to)),
    )


def _header(name: str, pattern: str) -> _Test:
    """A header whose value begins with the pattern."""
    compiled = re.compile(rf"\s*(?:{pattern})", re.IGNORECASE | re.DOTALL)
    return lambda email: any(compiled.match(value) for value in email.header_all(name))


def _report(kind: str) -> _Test:
    return _header("Content-Type", rf"multipart/report\b.*\breport-type\s*=\s*\"?{kind}")


def _both(first: _Test, second: _Test) -> _Test:
    return lambda email: first(email) and second(email)


def _subject(pattern: str) -> _Test:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda email: compiled.search(email.subject) is not None


def _sender(pattern: str) -> _Test:
    """The local part of the From address, whatever the display name says."""
    compiled = re.compile(pattern)
    return lambda email: bool(email.sender and compiled.search(email.sender.email.rpartition("@")[0]))


def _is_calendar_reply(email: InboundEmail) -> bool:
    """An accepted or declined invitation, which mail programs send on a click (RFC 6047, 2.4)."""
    types = (*email.header_all("Content-Type"), *(part.content_type for part in email.attachments))
    return any(re.match(r"text/calendar\b.*\bmethod=\"?reply\b", value, re.IGNORECASE) for value in types)


def _has_list_header(email: InboundEmail) -> bool:
    return any(name.lower().startswith("list-") for name, _ in email.headers)


def _has_null_path(email: InboundEmail) -> bool:
    return email.envelope_from == "" or email.header("Return-Path") in {"<>", ""}


def _is_unauthenticated(email: InboundEmail) -> bool:
    """As DMARC (RFC 7489, 4.2): forwarding breaks SPF and lists break DKIM, so one pass is enough."""
    checks = (email.spf_pass, email.dkim_pass)
    return False in checks and True not in checks


# How vacation responders begin a subject, in the languages of large mail programs. A delimiter must follow: a
# customer may well begin with the same words ("Out of office chairs?").
_AWAY_WORDS = (
    "auto(?:matic)?[ -]?(?:reply|response)",
    "out of (?:the )?office(?: auto-?reply| reply| message)?",
    "automatische (?:antwort|rückmeldung)",
    "abwesenheits(?:notiz|nachricht|meldung)",
    "réponse automatique",
    "absence du bureau",
    "respuesta automática",
    "fuera de (?:la )?oficina",
    "risposta automatica",
    "fuori sede",
    "resposta automática",
    "automatisch antwoord",
    "automatiskt? svar",
    "autosvar",
    "automaattinen vastaus",
    "odpowiedź automatyczna",
    "automatická odpově[dď]",
    "automatikus válasz",
    "răspuns automat",
    "otomatik yan[iı]t",  # noqa: RUF001 - Turkish
    "автоматический ответ",
    "автоматична відповідь",
    "自動応答",
    "自动答复",
    "自動回覆",
    "자동 회신",
)
_AWAY = rf"^\s*(?:{'|'.join(_AWAY_WORDS)})\s*(?:[:\uff1a(\u2013\u2014-]|$)"
_END = r"(?=[\s;(]|$)"
_NOT_NO = r"(?!no\s*$)"
_OTHER_REPORTS = r"(?!feedback-report|disposition-notification|delivery-status)[\w-]+"
_LOCAL_END = r"(?:[-+_=].*)?$"

_NO_REPLY = rf"(?:^|[-_.+])(?:no[-_.]?reply|do[-_.]?not[-_.]?reply){_LOCAL_END}"
_NO_FAILURE = r"\b(?:delay|warning|still being retried|relayed|success)"
_CHALLENGE = r"\bverify#|^please confirm your message$"  # BoxTrapper and TMDA


# The first row that holds names the kind, so the most telling stand first.
_ROWS = (
    _Row(AutomaticKind.LOOP, f"{LOOP_HEADER}: it is this desk's own", _header(LOOP_HEADER, "")),
    _Row(AutomaticKind.LOOP, "X-Loop: a robot has passed it on", _header("X-Loop", "")),
    _Row(AutomaticKind.FEEDBACK_REPORT, "an abuse report (RFC 5965)", _report("feedback-report")),
    _Row(AutomaticKind.DELIVERY_NOTICE, "a read receipt (RFC 8098)", _report("disposition-notification")),
    _Row(
        AutomaticKind.DELIVERY_NOTICE,
        "a notice of delay or delivery, not of failure",
        _both(_report("delivery-status"), _subject(_NO_FAILURE)),
    ),
    _Row(AutomaticKind.BOUNCE, "a delivery report (RFC 3464)", _report("delivery-status")),
    _Row(AutomaticKind.BOUNCE, "X-Failed-Recipients: a dead address", _header("X-Failed-Recipients", "")),
    _Row(
        AutomaticKind.BOUNCE, "sent by a mail server", _sender(rf"^(?:mailer-daemon|postmaster){_LOCAL_END}")
    ),
    _Row(AutomaticKind.BOUNCE, "sent from a bounce address", _sender(rf"^bounces?{_LOCAL_END}")),
    _Row(AutomaticKind.CHALLENGE, "it asks the sender to prove to be a person", _subject(_CHALLENGE)),
    _Row(
        AutomaticKind.AUTO_REPLY,
        "Auto-Submitted: auto-replied (RFC 3834, 5)",
        _header("Auto-Submitted", rf"auto-replied{_END}"),
    ),
    _Row(AutomaticKind.AUTO_REPLY, "X-Autoreply", _header("X-Autoreply", _NOT_NO)),
    _Row(AutomaticKind.AUTO_REPLY, "X-Autorespond", _header("X-Autorespond", _NOT_NO)),
    _Row(AutomaticKind.AUTO_REPLY, "Precedence: auto_reply", _header("Precedence", rf"auto_reply{_END}")),
    _Row(AutomaticKind.AUTO_REPLY, "an answer to an invitation (RFC 6047)", _is_calendar_reply),
    _Row(AutomaticKind.AUTO_REPLY, "the subject of a vacation notice", _subject(_AWAY)),
    _Row(AutomaticKind.MAILING_LIST, "List-* headers: it came by a list (RFC 2369)", _has_list_header),
    _Row(AutomaticKind.MAILING_LIST, "Precedence: list", _header("Precedence", rf"list{_END}")),
    _Row(
        AutomaticKind.AUTO_GENERATED,
        "Auto-Submitted is not no (RFC 3834, 5)",
        _header("Auto-Submitted", rf"(?!(?:no|auto-replied){_END})\S"),
    ),
    _Row(AutomaticKind.AUTO_GENERATED, "another kind of report (RFC 6522)", _report(_OTHER_REPORTS)),
    _Row(AutomaticKind.AUTO_GENERATED, "Precedence: bulk", _header("Precedence", rf"(?:bulk|junk){_END}")),
    _Row(AutomaticKind.AUTO_GENERATED, "sent from a no-reply address", _sender(_NO_REPLY)),
    _Row(AutomaticKind.AUTO_GENERATED, "the null return path (RFC 5321, 4.5.5)", _has_null_path),
    _Row(
        None,
        "X-Auto-Response-Suppress asks for no answer",
        _header("X-Auto-Response-Suppress", r".*\b(?:all|autoreply|oof)\b"),
    ),
    _Row(None, "SPF or DKIM failed and neither passed", _is_unauthenticated),
    _Row(None, "no address to answer to", lambda email: email.answer_to is None),
)
