"""The HTML part of a mail as text, for mails that bring no text part."""

from __future__ import annotations

import html
import re
from typing import Final

import inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_properties import Display
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement
from inscriptis.model.tag import CustomHtmlTagHandlerMapping

from routing.email import InboundEmail, clean_text

LONGEST: Final = 256 * 1024
"""Characters of HTML that are read; a mail that is longer says what it wants before that."""

# Tables in mails are layout: rows become lines. Rendered as tables, cells are padded to the widest one, and a
# hostile mail of some kilobytes becomes gigabytes of spaces.
_TABLE_TAGS = dict.fromkeys(("table", "tr", "td", "th"))
_ROW, _CELL = HtmlElement(display=Display.block), HtmlElement(suffix=" ")
_CONFIG = ParserConfig(
    css=CSS_PROFILES["strict"] | {"table": _ROW, "tr": _ROW, "td": _CELL, "th": _CELL},
    custom_html_tag_handler_mapping=CustomHtmlTagHandlerMapping(_TABLE_TAGS, _TABLE_TAGS),
)
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BLANK_LINES = re.compile(r"\n{3,}")


def to_text(source: str) -> str:
    """What a reader sees of this HTML, with its lines and lists. CPU-bound: milliseconds for a usual mail.

    Never raises: where the renderer gives up or sees nothing, tags are only cut out.
    """
    source = source[:LONGEST].replace("\0", "")
    lines = (line.rstrip() for line in clean_text(_rendered(source) or _without_tags(source)).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def with_text(email: InboundEmail) -> InboundEmail:
    """The mail with a text also where it brought HTML only."""
    if email.text.strip() or not email.html:
        return email
    return email.model_copy(update={"text": to_text(email.html)})


def _rendered(source: str) -> str:
    try:
        return str(inscriptis.get_text(source, _CONFIG))
    except Exception:  # noqa: BLE001 - lxml and inscriptis raise whatever they trip over in hostile HTML
        return ""


def _without_tags(source: str) -> str:
    return html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", source))).strip()
