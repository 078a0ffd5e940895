"""What goes to Slack, checked once for the limits that slack_sdk.models lets through.

Sources: https://docs.slack.dev/reference/block-kit/blocks for blocks, fields and ids;
https://docs.slack.dev/reference/methods/chat.update for 4,000 bytes of text. Measured, not documented: a
little above 13,000 characters in all blocks together Slack answers `msg_blocks_too_long`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackObjectFormationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slack_sdk.models.blocks import Block
    from slack_sdk.models.views import View

MAX_TEXT_BYTES = 4_000
_MAX_BLOCKS = 50
_MAX_FIELD = 2_000
_MAX_TEXT_OBJECT = 3_000
_MAX_TEXT_OF_ALL_BLOCKS = 13_000


class BlockLimitError(ValueError):
    """Slack would refuse this message or view; the message names every reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackMessage:
    """One message: `text` is what a notification and a screen reader say, `blocks` is what people see."""

    text: str
    blocks: tuple[Block, ...]

    def payload(self) -> dict[str, Any]:
        """The arguments `text` and `blocks` of chat.postMessage and chat.update.

        Raises:
            BlockLimitError: Slack would refuse it.
        """
        blocks = _as_dicts(self.blocks)
        _refuse([*_message_problems(self.text, blocks), *_block_problems(blocks)])
        return {"text": self.text, "blocks": blocks}


def view_payload(view: View) -> dict[str, Any]:
    """The argument `view` of views.open, views.push, views.update and views.publish.

    Raises:
        BlockLimitError: Slack would refuse it.
    """
    payload = _as_dict(view)
    blocks = payload["blocks"]
    problems = list(_block_problems(blocks))
    if any(block["type"] == "input" for block in blocks) and "submit" not in payload:
        problems.append("a view with an input needs a submit button")
    _refuse(problems)
    return payload


def _as_dicts(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    return [_as_dict(block) for block in blocks]


def _as_dict(part: Block | View) -> dict[str, Any]:
    try:
        return part.to_dict()
    except SlackObjectFormationError as error:
        raise BlockLimitError(f"{part.type}: {error}") from error


def _refuse(problems: list[str]) -> None:
    if problems:
        raise BlockLimitError("; ".join(problems))


def _message_problems(text: str, blocks: list[dict[str, Any]]) -> Iterator[str]:
    if not 0 < len(text.encode()) <= MAX_TEXT_BYTES:
        yield f"text must have 1 to {MAX_TEXT_BYTES} bytes"
    if len(blocks) > _MAX_BLOCKS:
        yield f"{len(blocks)} blocks, {_MAX_BLOCKS} allowed"
    total = sum(len(words) for words in _words(blocks))
    if total >= _MAX_TEXT_OF_ALL_BLOCKS:
        yield f"{total} characters in all blocks, {_MAX_TEXT_OF_ALL_BLOCKS} are too many"


def _block_problems(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block_id in _repeated(block["block_id"] for block in blocks if "block_id" in block):
        yield f"block_id {block_id} twice"
    for block in blocks:
        for action_id in _repeated(node["action_id"] for node in _nodes(block) if "action_id" in node):
            yield f"action_id {action_id} twice in a block"
        if any(len(field["text"]) > _MAX_FIELD for field in block.get("fields", ())):
            yield f"a field is longer than {_MAX_FIELD} characters"
        if not all(0 < len(words) <= _MAX_TEXT_OBJECT for words in _words(block)):
            yield f"a text object must have 1 to {_MAX_TEXT_OBJECT} characters"


def _repeated(ids: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(ids).items() if count > 1]


def _words(node: object) -> Iterator[str]:
    """The text of every text object and rich text; slack_sdk leaves an empty one without its `text`."""
    kinds = {"mrkdwn", "plain_text", "text"}
    return (part.get("text", "") for part in _nodes(node) if part.get("type") in kinds)


def _nodes(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _nodes(child)
