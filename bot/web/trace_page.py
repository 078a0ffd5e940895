"""Renders the pages of a trace. Slow for a large mail: call it away from the event loop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from bot.web import json_view, safe_html
from routing import sla, visible_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.web.trace_view import Trace
    from routing.email import InboundEmail
    from routing.visible_text import CutKind

_RAW_EXCERPT = 4_000


class RemoteImages:
    """Pictures that a mail wants to load: to load them tells the sender that, when and where it is read."""

    def __init__(self, *, allowed_by: str) -> None:
        """`allowed_by` is the address of the same mail with its remote pictures; empty where they are wanted."""
        self._allowed_by = allowed_by
        self._is_blocking = False

    def address(self, url: str) -> str | None:
        """What the frame may load for this address."""
        if not self._allowed_by:
            return url
        self._is_blocking = True
        return None

    @property
    def link(self) -> str | None:
        """Where the reader gets them, once some were left out."""
        return self._allowed_by if self._is_blocking else None


class TracePage:
    """The templates, loaded once."""

    def __init__(self) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("bot.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"time": _time, "size": _size, "after": _after, "span": sla.phrase}

    def trace(self, trace: Trace, *, query: str, nonce: str) -> str:
        """The page itself; `query` signs its links, `nonce` allows its own style and script."""
        stored = json_view.view(json_view.document(trace))
        excerpt = trace.raw[:_RAW_EXCERPT].decode(errors="replace")
        values = {"trace": trace, "email": trace.email, "stored": stored, "excerpt": excerpt}
        passages = list(_passages(trace.email)) if trace.email else []
        return self._render("trace.html", **values, passages=passages, query=query, nonce=nonce)

    def mail(
        self, email: InboundEmail, *, inline_image: Callable[[str], str | None], remote: RemoteImages
    ) -> str:
        """The mail alone, as the customer sees it: its HTML part, else its text with links."""
        note = ""
        if email.html:
            try:
                markup = safe_html.clean(email.html, inline_image=inline_image, remote_image=remote.address)
                return self._mail(markup, is_plain=False, note=note, remote_link=remote.link)
            except safe_html.TooComplexError:
                note = "The HTML of this mail is too large to show. This is its text."
        return self._mail(safe_html.plain_to_html(email.text), is_plain=True, note=note, remote_link=None)

    def _mail(self, cleaned: str, **values: object) -> str:
        return self._render("mail.html", body=Markup(cleaned), **values)  # noqa: S704 - safe_html has cleaned it

    def refused(self) -> str:
        """The one answer to every link that opens nothing."""
        return self._render("refused.html")

    def _render(self, template: str, **values: object) -> str:
        return self._templates.get_template(template).render(values)


def _passages(email: InboundEmail) -> Iterator[tuple[CutKind | None, str]]:
    """The text from top to bottom; with a kind, what cards leave out."""
    lines = [f"{line}\n" for line in email.text.split("\n")]
    position = 0
    for cut in visible_text.of(email.text, subject=email.subject).cuts:
        yield None, "".join(lines[position : cut.start_line])
        yield cut.kind, "".join(lines[cut.start_line : cut.end_line])
        position = cut.end_line
    yield None, "".join(lines[position:])


def _time(at: datetime) -> Markup:
    utc = at.astimezone(UTC)
    shown = f"{utc.day} {utc:%b %Y, %H:%M:%S} UTC"
    return Markup('<time datetime="{}">{}</time>').format(f"{utc:%Y-%m-%dT%H:%M:%S}Z", shown)


def _after(at: datetime, start: datetime) -> str:
    """How long after the start: `+0.2 s`, `+14 min`, `+3.5 h`, `+2.0 d`."""
    elapsed = at - start
    if elapsed < timedelta(minutes=2):
        return f"+{elapsed.total_seconds():.1f} s"
    if elapsed < timedelta(hours=2):
        return f"+{elapsed / timedelta(minutes=1):.0f} min"
    if elapsed < timedelta(days=2):
        return f"+{elapsed / timedelta(hours=1):.1f} h"
    return f"+{elapsed / timedelta(days=1):.1f} d"


def _size(count: int) -> str:
    """Bytes for people, in powers of 1024: `640 bytes`, `12.5 KB`, `1.2 MB`."""
    if count < 1024:  # noqa: PLR2004 - the unit itself
        return f"{count} bytes"
    kilobytes = count / 1024
    return f"{kilobytes:.1f} KB" if kilobytes < 1000 else f"{kilobytes / 1024:.1f} MB"  # noqa: PLR2004 - see above
