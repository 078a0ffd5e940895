"""The stored JSON of a mail: as a document, and as coloured HTML that stays small whatever was sent."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.web.trace_view import Trace

# An attachment is one long word. Short nested arrays could be indented into gigabytes.
_MAX_WORD = 300
_MAX_STRING = 1_500
_MAX_SHOWN = 100_000
_TOKEN = re.compile(r'(?P<string>"(?:[^"\\]++|\\.)*+")(?P<colon>:?)|(?P<word>[\w.+-]+)', re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonView:
    """`html` goes into a `<pre>`."""

    html: Markup
    is_shortened: bool


def document(trace: Trace) -> bytes:
    """The provider's body, byte for byte, when it is JSON; else a document with the normalised mail."""
    return trace.raw if _is_json(trace.raw) else json.dumps(_described(trace), indent=2).encode()


def view(stored: bytes) -> JsonView:
    """Indented and coloured. Long strings and the end of a long document are left out, and said to be."""
    try:
        is_whole, shown = _indented(stored)
    except RecursionError:  # nested nearly as deep as the reader can read, deeper than the writer can write
        is_whole, shown = False, stored[:_MAX_SHOWN].decode(errors="replace")
    return JsonView(html=_coloured(shown), is_shortened=not is_whole)


def _is_json(raw: bytes) -> bool:
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return True


def _described(trace: Trace) -> dict[str, object]:
    return {
        "trace_id": trace.trace_id,
        "tenant": trace.tenant,
        "source": trace.source,
        "provider": trace.provider,
        "received_at": trace.received_at.isoformat(),
        "content_type": trace.content_type,
        "size": len(trace.raw),
        "parse_error": trace.parse_error,
        "email": trace.email and trace.email.model_dump(mode="json"),
    }


def _indented(stored: bytes) -> tuple[bool, str]:
    """Whether all of it is there, and the text."""
    chunks: list[str] = []
    left, is_whole = _MAX_SHOWN, True
    for chunk in _chunks(stored):
        chunks.append(_shortened(chunk))
        is_whole = is_whole and chunks[-1] is chunk
        left -= len(chunks[-1])
        if left < 0:
            return False, "".join([*chunks, "\n…"])
    return is_whole, "".join(chunks)


def _chunks(stored: bytes) -> Iterator[str]:
    return json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(json.loads(stored))


def _shortened(chunk: str) -> str:
    """A chunk of the encoder holds one string at most, at its end."""
    limit = _MAX_STRING if " " in chunk.lstrip(",[ \n") else _MAX_WORD
    return chunk if len(chunk) <= limit else f'{chunk[:limit]} … {len(chunk) - limit:,} more characters"'


def _coloured(text: str) -> Markup:
    parts: list[str | Markup] = []
    end = 0
    for match in _TOKEN.finditer(text):
        parts += [text[end : match.start()], _token(match)]
        end = match.end()
    return Markup("").join([*parts, text[end:]])


def _token(match: re.Match[str]) -> Markup:
    if match["word"]:
        return Markup('<span class="w">{}</span>').format(match["word"])
    kind = "k" if match["colon"] else "s"
    return Markup('<span class="{}">{}</span>{}').format(kind, _visible(match["string"]), match["colon"])


def _visible(string: str) -> str:
    """Characters that hide or reorder text are written as JSON escapes."""
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in string)
