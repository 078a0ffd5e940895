"""What is not shown of a customer's mail, in one quiet line with the way to all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slack_sdk.models.blocks import ContextBlock

from blocks import text
from routing.visible_text import CutKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.visible_text import VisibleText

_NAMES: Final = {
    CutKind.QUOTE: "quoted history",
    CutKind.SIGNATURE: "signature",
    CutKind.DISCLAIMER: "disclaimer",
}


def hint(words: VisibleText, *, trace_url: str) -> Iterator[ContextBlock]:
    """Names what was cut, and says where answers stand between quoted lines; nothing for a plain mail."""
    said = []
    if words.is_interleaved:
        said.append("Answers stand between the quoted lines.")
    if kinds := {cut.kind for cut in words.cuts}:
        named = ", ".join(name for kind, name in _NAMES.items() if kind in kinds)
        said.append(f"Not shown: {named}. {text.link(trace_url, 'Full mail')}")
    if said:
        yield ContextBlock(elements=[text.mrkdwn(" ".join(said))])
