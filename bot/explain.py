"""What the desk sees in a mail and would do with it, without doing it: for people who ask why, and for measuring."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bot import language
from bot.attachments import detection
from bot.intake import html_text
from bot.intake.interfaces import NOTES, UnparseableError
from routing import authentication, bounces, engine, entities, robots, threading, urgency, visible_text
from routing.circumstances import Circumstances
from routing.robots import AutomaticKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.config import SupportConfig
    from bot.intake.interfaces import Provider
    from routing.authentication import Authentication
    from routing.email import InboundEmail
    from routing.visible_text import VisibleText

LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a mail that is still read; a webhook takes less."""

_MOST_DETECTED: Final = 20
"""Attachments whose content is looked at."""

# What has a key of its own, or is asked of the raw mail.
_NOT_REPEATED = {"received_at", "headers", "text", "html", "attachments", "delivery_status", "extra"}


def explain(raw: bytes, *, provider: Provider, config: SupportConfig | None, now: datetime) -> dict[str, Any]:
    """Everything as values of JSON; a mail that cannot be read has only the reason, in `unparseable`.

    Args:
        raw: the body, as it would be posted.
        provider: whose shape it has.
        config: the desk; without one nothing is routed and no address is known as our own.
        now: stands in for the time of arrival.
    """
    if len(raw) > LARGEST:
        return {"unparseable": f"The mail is larger than {LARGEST // 1024**2} MiB."}
    try:
        email = html_text.with_text(provider.parse(raw, received_at=now))
    except UnparseableError as error:
        return {"unparseable": str(error)}
    desk = config.desk if config else None
    authserv_ids = desk.authserv_ids if desk else ()
    automatic = robots.judge(email, own_addresses=desk.addresses if desk else (), authserv_ids=authserv_ids)
    read = visible_text.of(email.text, subject=email.subject)
    checked = authentication.judge(email, authserv_ids)
    files = list(_attachments(email, raw, provider))
    spoken = language.detect(email.text)
    return {
        "mail": email.model_dump(mode="json", exclude=_NOT_REPEATED, exclude_defaults=True),
        **_divided(read),
        "language": spoken,
        "automatic": asdict(automatic),
        "bounce": _bounce(email) if automatic.kind is AutomaticKind.BOUNCE else None,
        "authentication": asdict(checked) | {"is_failed": checked.is_failed, "reasons": checked.reasons},
        "thread": [
            {"message_id": name, "header": "in_reply_to" if name in email.in_reply_to else "references"}
            for name in threading.named_ids(email)
        ],
        "attachments": files,
        "notes": email.extra.get(NOTES, []),
        **_routed(email, read, config, checked, files, spoken),
    }


def _divided(read: VisibleText) -> dict[str, Any]:
    """What an agent sees first, and what is a click away."""
    forwarded = read.forwarded
    sender = forwarded.sender.model_dump() if forwarded and forwarded.sender else None
    return {
        "visible_text": read.visible,
        "cut": [asdict(cut) for cut in read.cuts],
        "forwarded": asdict(forwarded) | {"sender": sender} if forwarded else None,
    }


def _attachments(email: InboundEmail, raw: bytes, provider: Provider) -> Iterator[dict[str, Any]]:
    """Each with the type that its content has, beside the one that its sender gave it."""
    for position, attachment in enumerate(email.attachments):
        shown = attachment.model_dump(exclude_none=True)
        # The content is cut out of the whole mail each time: enough for people, and bounded for what is hostile.
        content = provider.attachment_content(raw, position) if position < _MOST_DETECTED else None
        if content is not None:
            shown["detected_type"] = detection.detect(content[: detection.HEAD])
        yield shown


def _bounce(email: InboundEmail) -> dict[str, Any]:
    bounce = bounces.read(email)
    return {
        "recipients": [
            asdict(recipient) | {"permanent": recipient.is_permanent} for recipient in bounce.recipients
        ],
        "permanent": bounce.is_permanent,
        "original_message_id": bounce.original_message_id,
    }


def _routed(
    email: InboundEmail,
    read: VisibleText,
    config: SupportConfig | None,
    checked: Authentication,
    files: list[dict[str, Any]],
    spoken: str | None,
) -> dict[str, Any]:
    """As triage would open a ticket for it: the queue, what was found on the way, and what every rule says."""
    if config is None:
        found = entities.Extraction(entities.BUILT_IN).of(entities.texts_of(email))
        return {"entities": [entity.model_dump() for entity in found], "route": None, "because": []}
    known = Circumstances(
        tier=config.tier_of(email.answer_to.email if email.answer_to else ""),
        language=spoken,
        authentication=checked,
        detected_types=tuple(file.get("detected_type") for file in files),
    )
    facts = engine.RoutingFacts(email=email, known=known)
    route = engine.route(facts, config.ruleset(), config.guesser).model_dump(
        mode="json", exclude={"evaluations"}
    )
    marked = urgency.is_marked(email.subject, read.visible, config.mail.urgent_word)
    return {
        "entities": route.pop("entities"),
        "route": route | {"tier": known.tier, "marked_urgent": marked},
        "because": route.pop("because"),
        "rules": [rule.model_dump(exclude_defaults=True) for rule in engine.explain(facts, config.ruleset())],
    }
