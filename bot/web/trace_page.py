"""Renders the pages of a trace. Slow for a large mail: call it away from the event loop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from bot.web import json_view, safe_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.web.trace_view import Trace
    from routing.email import InboundEmail

_RAW_EXCERPT = 4_000


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
        self._templates.filters |= {"time": _time, "size": _size, "after": _after}

    def trace(self, trace: Trace, *, query: str, nonce: str) -> str:
        """The page itself; `query` signs its links, `nonce` allows its own style and script."""
        stored = json_view.view(json_view.document(trace))
        excerpt = trace.raw[:_RAW_EXCERPT].decode(errors="replace")
        values = {"trace": trace, "email": trace.email, "stored": stored, "excerpt": excerpt}
        return self._render("trace.html", **values, query=query, nonce=nonce)

    def mail(self, email: InboundEmail, *, inline_image: Callable[[str], str | None]) -> str:
        """The mail alone, as the customer sees it: its HTML part, else its text with links."""
        note = ""
        if email.html:
            try:
                markup = safe_html.clean(email.html, inline_image=inline_image)
                return self._render("mail.html", body=Markup(markup), is_plain=False, note=note)  # noqa: S704 - cleaned
            except safe_html.TooComplexError:
                note = "The HTML of this mail is too large to show. This is its text."
        text = safe_html.plain_to_html(email.text)
        return self._render("mail.html", body=Markup(text), is_plain=True, note=note)  # noqa: S704 - cleaned

    def refused(self) -> str:
        """The one answer to every link that opens nothing."""
        return self._render("refused.html")

    def _render(self, template: str, **values: object) -> str:
        return self._templates.get_template(template).render(values)


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
