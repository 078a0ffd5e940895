"""Plain text as HTML with working links."""

from __future__ import annotations

from html import escape
from typing import Final

import bleach
import nh3
from markupsafe import Markup

ACCENT: Final = "#0b7562"
"""The one colour of our mails, as in `templates/layout.html`."""


def html(text: str) -> Markup:
    """Text with its web and mail addresses linked and its line breaks kept.

    bleach only finds the links; nh3, which runs last, decides what may stand in the HTML.
    """
    linked = bleach.linkify(escape(text), parse_email=True)
    clean = nh3.clean(
        linked,
        tags={"a"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        set_tag_attribute_values={"a": {"style": f"color:{ACCENT}"}},
    )
    return Markup(clean.replace("\n", "<br>\n"))  # noqa: S704 - sanitised in the line before
