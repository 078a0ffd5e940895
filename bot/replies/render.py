"""Mails to customers, from the templates beside this file: `templates/<mail>/`."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from bot.replies import headers, linkified, mime, names
from routing.email import clean_text

if TYPE_CHECKING:
    from bot.replies.mails import AcknowledgementMail, CustomerMail, ReplyMail, UpdateMail

_TEMPLATES: Final = SandboxedEnvironment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=jinja2.select_autoescape(["html"], default=False),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
# Our mail is English, whatever the locale of the server.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def acknowledgement(mail: AcknowledgementMail) -> EmailMessage:
    """The acknowledgement mail, marked as automatic (RFC 3834, 5). It never quotes the customer's body."""
    message = _message(mail, "acknowledgement", _acknowledgement_values(mail))
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"  # Microsoft, [MS-OXCMAIL] 2.2.3.2.14
    return message


def reply(mail: ReplyMail) -> EmailMessage:
    """An agent's answer in the thread of the customer's mail."""
    return _message(mail, "reply", _reply_values(mail))


def update(mail: UpdateMail) -> EmailMessage:
    """What all requesters of an incident get. Nobody's away message answers it."""
    message = _message(mail, "update", _update_values(mail))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # Microsoft, [MS-OXCMAIL] 2.2.3.2.14
    return message


def update_text(mail: UpdateMail) -> str:
    """The text part of an update, for a preview."""
    return _render("update/body.txt", _update_values(mail))


def reply_text(mail: ReplyMail) -> str:
    """The text part of the answer, for a preview."""
    return _render("reply/body.txt", _reply_values(mail))


def within(duration: timedelta) -> str:
    """A promise in words, rounded up: `within 30 minutes`, `within 4 hours`, `within 2 days`."""
    unit, word = (timedelta(minutes=1), "minute") if duration < _HOUR else (_HOUR, "hour")
    if duration > _DAY and duration % _DAY == timedelta():
        unit, word = _DAY, "day"
    count = max(1, math.ceil(duration / unit))
    return f"within {count} {word}{'s' if count > 1 else ''}"


def by(due_at: datetime, now: datetime) -> str:
    """A promise by the clock of the office: `by Tuesday 10:20 (Europe/Berlin)`, with the date if it is far away.

    Rounded up to whole minutes.
    """
    due_at = (due_at + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)
    day = _WEEKDAYS[due_at.weekday()]
    if due_at.date() - now.astimezone(due_at.tzinfo).date() >= _WEEK:
        day = f"{day}, {due_at.day} {_MONTHS[due_at.month - 1]},"
    return f"by {day} {due_at:%H:%M} ({due_at.tzinfo})"


def _promise(mail: AcknowledgementMail) -> str:
    if mail.response_by is not None:
        return by(mail.response_by, mail.sent_at)
    return "" if mail.response_within is None else within(mail.response_within)


def _acknowledgement_values(mail: AcknowledgementMail) -> dict[str, str]:
    return _values(mail) | {
        "greeting": names.greeting(mail.recipient.name),
        "queue_name": mail.queue_name,
        "within": _promise(mail),
        "urgent_word": mail.urgent_word,
        **_written(mail.incident_text),
    }


def _update_values(mail: UpdateMail) -> dict[str, str]:
    return _values(mail) | {"greeting": names.greeting(mail.recipient.name), **_written(mail.text)}


def _written(words: str) -> dict[str, str]:
    """What a person wrote, for the text part and for the other one."""
    text = clean_text(words).strip()
    return {"text": text, "html": linkified.html(text) if text else ""}


def _reply_values(mail: ReplyMail) -> dict[str, str]:
    return _values(mail) | {**_written(mail.text), "signature": f"{mail.agent_name}, {mail.desk_name}"}


def _values(mail: CustomerMail) -> dict[str, str]:
    return {
        "reference": mail.reference,
        "mark": mail.mark,
        "subject": headers.bare_subject(mail.subject, reference=mail.reference),
        "desk_name": mail.desk_name,
        "footer": mail.footer.strip(),
    }


def _render(template: str, values: dict[str, str]) -> str:
    return _TEMPLATES.get_template(template).render(values)


def _message(mail: CustomerMail, folder: str, values: dict[str, str]) -> EmailMessage:
    message = EmailMessage(policy=mime.POLICY)
    message["From"] = mime.mailbox(mail.sender.email, mail.sender.name)
    message["To"] = mime.mailbox(mail.recipient.email, names.presentable(mail.recipient.name))
    if mail.reply_to:
        message["Reply-To"] = mime.mailbox(mail.reply_to, mail.sender.name)
    message["Subject"] = headers.safe(_render(f"{folder}/subject.txt", values))
    message["Date"] = mail.sent_at
    message["Message-ID"] = mail.message_id
    if mail.in_reply_to and headers.is_identifier(mail.in_reply_to):
        message["In-Reply-To"] = mail.in_reply_to
    if chain := headers.references(mail.references, parent=mail.in_reply_to):
        message["References"] = " ".join(chain)
    message["X-Deskbell-Loop"] = mail.domain
    message["X-Deskbell-Trace"] = mail.trace_id
    message.set_content(_render(f"{folder}/body.txt", values))
    message.add_alternative(_render(f"{folder}/body.html", values), subtype="html")
    return message
