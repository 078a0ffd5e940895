"""Plain text as HTML with working links."""

from __future__ import annotations

from html import escape
from typing import Final

import nh3
from markupsafe import Markup

from bot import links

ACCENT: Final = "#0b7562"
"""The one colour of our mails, as in `templates/layout.html`."""


def html(text: str) -> Markup:
    """Text with its web and mail addresses linked and its line breaks kept.

    links only finds them; nh3, which runs last, decides what may stand in the HTML.
    """
    linked = links.linkify(escape(text), emails=True)
    clean = nh3.clean(
        linked,
        tags={"a"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        set_tag_attribute_values={"a": {"style": f"color:{ACCENT}"}},
    )
    return Markup(clean.replace("\n", "<br>\n"))  # noqa: S704 - sanitised in the line before
