"""Text for Slack: escaped, shortened, quoted; dates, people and durations in words.

Whatever a customer wrote is hostile until it has passed through `escape` or one of the functions built on it.
Slack decodes `&amp; &lt; &gt;` in every text object, and only a bare `<...>` can mention, link or draw a date
(https://docs.slack.dev/messaging/formatting-message-text). `*bold*` stays bold where it is escaped: customers'
words stand in `plain` text or in a `quote`, and among our own markup they pass through `inline` or `code`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import (
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextQuoteElement,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# A sign that follows a letter or digit starts no emphasis: `order_id` and `2*3` are safe as they are.
_EMPHASIS = re.compile(r"(?<![A-Za-z0-9])[*_~](?=\S)|`")
_LOOKALIKES = str.maketrans("*_~`", "\u2217\u02cd\u223c\u2019")
_CUT_ENTITY = re.compile(r"&[a-z]*\Z")
_PERSON = re.compile(r"[UW][A-Z0-9]+")
_GROUP = re.compile(r"S[A-Z0-9]+")
_KILOBYTE, _MEGABYTE = 1_000, 1_000_000
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def mrkdwn(markup: str) -> MarkdownTextObject:
    """Markup of ours around escaped words. Verbatim, or Slack would link `@here`, `#help` and addresses."""
    return MarkdownTextObject(text=markup, verbatim=True)


def plain(escaped: str) -> PlainTextObject:
    """Escaped words without any formatting; `:fire:` stays what was written."""
    return PlainTextObject(text=escaped, emoji=False)


def escape(value: str) -> str:
    """The same words with no power: nothing in them can mention, link or format as a Slack token."""
    return value.translate(_ENTITIES)


def shorten(value: str, *, limit: int) -> str:
    """Escaped, then cut to at most `limit` characters; an ellipsis says that something is missing."""
    escaped = escape(value[: limit + 1])
    return escaped if len(escaped) <= limit else f"{_cut(escaped, limit - 1).rstrip()}…"


def line(value: str, *, limit: int, default: str = "") -> str:
    """As `shorten`, on one line; `default` stands in for a blank."""
    return shorten(" ".join(value.split()), limit=limit) or default


def inline(value: str, *, limit: int, default: str = "") -> str:
    """As `line`, for the midst of our own markup: a sign that would start emphasis becomes its look-alike."""
    disarmed = _EMPHASIS.sub(lambda sign: sign[0].translate(_LOOKALIKES), value)
    return line(disarmed, limit=limit, default=default)


def pieces(value: str, *, limit: int) -> Iterator[str]:
    """All of the escaped text in parts of at most `limit` characters, parted at line ends if it has any."""
    rest = escape(value)
    while len(rest) > limit:
        end = rest.rfind("\n", 1, limit)
        part = rest[:end] if end > 0 else _cut(rest, limit)
        rest = rest[len(part) :].removeprefix("\n")
        if part.strip():
            yield part
    if rest.strip():
        yield rest


def quote(value: str, *, limit: int, lines: int) -> RichTextBlock | None:
    """Somebody's words as a block quote, without runs of blank lines; None where there are no words.

    Rich text is a tree and no markup, so that nothing in it is escaped and nothing in it has power
    (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block).
    """
    if not value.strip():
        return None
    written = list(islice(_squeezed(value), lines + 1))
    if len(written) > lines:
        written[lines:] = ["…"]
    words = "\n".join(written)
    shown = words if len(words) <= limit else f"{words[: limit - 1].rstrip()}…"
    return RichTextBlock(elements=[RichTextQuoteElement(elements=[RichTextElementParts.Text(text=shown)])])


def code(value: str, *, limit: int) -> str:
    """A short value in monospace."""
    return f"`{line(value.replace('`', chr(0x2019)), limit=limit, default=' ')}`"


def link(url: str, label: str) -> str:
    """A link of ours; the label is escaped here."""
    return f"<{escape(url).replace('|', '%7C')}|{escape(label).replace('|', '¦')}>"


def user(slack_id: str) -> str:
    """A mention of a person (`U…`, `W…`) or a user group (`S…`); any other actor just by name."""
    if _PERSON.fullmatch(slack_id):
        return f"<@{slack_id}>"
    return f"<!subteam^{slack_id}>" if _GROUP.fullmatch(slack_id) else escape(slack_id)


def slack_date(at: datetime) -> str:
    """A moment that every reader sees in their own time zone, with UTC where Slack cannot draw it."""
    fallback = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def duration_phrase(duration: timedelta) -> str:
    """The two largest units, rounded down: `1 hour 30 minutes`, `2 days`."""
    seconds = max(0, int(duration.total_seconds()))
    words = []
    for name, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            words.append(counted(count, name))
    return " ".join(words[:2]) or "less than a minute"


def counted(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """`Ana, Bo and Kim`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def capped(rows: Sequence[str], *, limit: int) -> list[str]:
    """The first `limit` rows, then how many more there are."""
    rest = len(rows) - limit
    return [*rows[:limit], f"and {rest:,} more"] if rest > 0 else list(rows)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in type of one width: names to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    ]


def percent(share: float) -> str:
    """A share of 1, such as a confidence: `45 %`, with a space that never breaks."""
    return f"{share * 100:.0f}\N{NO-BREAK SPACE}%"


def size_phrase(size: int) -> str:
    """Bytes as people read them, by powers of 1,000: `84 KB`, `1.2 MB`."""
    if size < _KILOBYTE:
        return counted(size, "byte")
    if size < _MEGABYTE:
        return f"{size / _KILOBYTE:.0f} KB"
    return f"{size / _MEGABYTE:.1f} MB"


def _cut(escaped: str, limit: int) -> str:
    """At most `limit` characters, never half an entity: `&am` would show as itself."""
    return _CUT_ENTITY.sub("", escaped[:limit])


def _squeezed(value: str) -> Iterator[str]:
    previous = ""
    for row in (row.rstrip() for row in value.strip().split("\n")):
        if row or previous:
            yield row
        previous = row
