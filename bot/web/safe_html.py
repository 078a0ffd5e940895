"""Hostile HTML made harmless for the mail frame.

nh3 is the boundary. The frame's Content-Security-Policy and sandbox stand behind it; bleach only finds links.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import nh3

from bot import links

if TYPE_CHECKING:
    from collections.abc import Callable

# The parser's work grows with the square of the nesting and of a tag's attributes; beyond this a mail is
# shown as text.
_MAX_TAGS = 20_000
_MAX_CHARACTERS = 512 * 1024
# One picture may be used a thousand times over: what all of them together may add to the page, in characters.
_MAX_INLINED = 4 * 1024 * 1024

_TAGS = (nh3.ALLOWED_TAGS | {"tfoot"}) - {"area", "map", "details", "summary"}
_TABLE = {"align", "valign", "width", "height", "bgcolor", "border", "cellpadding", "cellspacing"}
_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    **{tag: nh3.ALLOWED_ATTRIBUTES.get(tag, set()) | _TABLE for tag in ("table", "tr", "td", "th")},
    "*": {"align", "dir", "lang", "style", "title"},
}
# None of these can load anything or leave its box.
_STYLES = {
    *("color", "background-color", "direction", "line-height", "letter-spacing", "white-space"),
    *("font", "font-family", "font-size", "font-style", "font-variant", "font-weight"),
    *("text-align", "text-decoration", "text-indent", "text-transform", "vertical-align"),
    *("width", "max-width", "min-width", "height", "max-height", "border-collapse", "border-spacing"),
    *("border-radius", "border-color", "border-style", "border-width"),
    *(f"border{side}" for side in ("", "-top", "-right", "-bottom", "-left")),
    *(f"padding{side}" for side in ("", "-top", "-right", "-bottom", "-left")),
    *(f"margin{side}" for side in ("", "-top", "-right", "-bottom", "-left")),
}

# An unclosed tag runs to the end, so that a search never starts over.
_FORMATTING = re.compile(
    r"<(b|big|code|em|i|nobr|s|small|strike|strong|tt|u)[\s/][^>]*(?:>|\Z)", re.IGNORECASE
)
_FONT = re.compile(r"<(/?)font(?=[\s/>])", re.IGNORECASE)


class TooComplexError(ValueError):
    """The HTML is too large or has too many tags to be shown safely."""


def clean(
    markup: str,
    *,
    inline_image: Callable[[str], str | None],
    remote_image: Callable[[str], str | None] = lambda _: None,
) -> str:
    """An HTML fragment without scripts, forms, remote loads or relative links.

    `inline_image` gives the `data:` URI of a Content-ID (RFC 2392), or None to leave the picture out; `remote_image`
    is asked for each picture at an https address, and gives the address to load or None.

    Raises:
        TooComplexError: show the mail's text instead.
    """
    if len(markup) > _MAX_CHARACTERS or markup.count("<") > _MAX_TAGS:
        raise TooComplexError
    return _sanitise(_tame(markup), _Attributes(inline_image, remote_image))


def plain_to_html(text: str) -> str:
    """A plain-text body as HTML whose web addresses can be clicked; line breaks stay as they are."""
    escaped = html.escape(text, quote=False)
    return _sanitise(links.linkify(escaped), _Attributes(lambda _: None, lambda _: None))


def _tame(markup: str) -> str:
    """Take the attributes off formatting tags.

    HTML5 opens unclosed formatting elements again in every following block: 80 KB could grow to 100 MB. It
    keeps only three that are alike (the "Noah's Ark clause"), and without attributes they all are.
    """
    return _FONT.sub(r"<\1span", _FORMATTING.sub(r"<\1>", markup))


def _sanitise(markup: str, attributes: _Attributes) -> str:
    return nh3.clean(
        markup,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        attribute_filter=attributes.keep,
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"https", "http", "mailto", "cid"},
        filter_style_properties=_STYLES,
        url_relative="deny",
    )


class _Attributes:
    """Judges single attributes: pictures come from the mail itself, links lead to the web or to a mailbox."""

    def __init__(
        self, inline_image: Callable[[str], str | None], remote_image: Callable[[str], str | None]
    ) -> None:
        self._inline_image = inline_image
        self._remote_image = remote_image
        self._left = _MAX_INLINED

    def keep(self, tag: str, attribute: str, value: str) -> str | None:
        is_cid = value.strip().lower().startswith("cid:")
        if (tag, attribute) == ("img", "src"):
            return self._inlined(unquote(value.strip()[4:])) if is_cid else self._remote(value.strip())
        return None if is_cid and attribute == "href" else value

    def _remote(self, address: str) -> str | None:
        return self._remote_image(address) if address.lower().startswith("https://") else None

    def _inlined(self, content_id: str) -> str | None:
        uri = self._inline_image(content_id)
        if uri is None or len(uri) > self._left:
            return None
        self._left -= len(uri)
        return uri
