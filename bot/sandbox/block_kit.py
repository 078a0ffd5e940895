"""What Slack would refuse in blocks and views, with the wording of its answers.

A problem reads `must be less than 151 characters [json-pointer:/blocks/0/text/text]`.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import count
from typing import TYPE_CHECKING, Any

from bot.sandbox import block_kit_limits as limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.store import Json


def message_problems(blocks: Any) -> list[str]:
    """What Slack would refuse in the blocks of a message; empty if nothing."""
    return [*_blocks(blocks, most=limits.MESSAGE_BLOCKS, at="/blocks", is_view=False)]


def view_problems(view: Json) -> list[str]:
    """What Slack would refuse in a modal or home view; empty if nothing."""
    kind = str(view.get("type"))
    if kind not in {"modal", "home"}:
        return ["unsupported type [json-pointer:/view/type]"]
    problems = [*_fields(kind, view, "/view")]
    if view.get("blocks") is not None:
        problems += _blocks(view["blocks"], most=limits.VIEW_BLOCKS, at="/view/blocks", is_view=True)
        has_input = any(block.get("type") == "input" for block in _objects(view["blocks"]))
        if kind == "modal" and has_input and not view.get("submit"):
            problems.append("missing required field: submit [json-pointer:/view]")
    return problems


def text_length(blocks: list[Json]) -> int:
    """Characters of all text objects, as Slack counts them for `msg_blocks_too_long`."""
    return sum(len(text) for text in _texts(blocks))


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block has a block_id and every element an action_id, as Slack fills them in."""
    filled = deepcopy(blocks)
    numbers = count(1)
    for block in filled:
        block.setdefault("block_id", f"block-{next(numbers)}")
        for element in elements(block):
            element.setdefault("action_id", f"action-{next(numbers)}")
    return filled


def elements(block: Json) -> list[Json]:
    """The interactive elements of a block."""
    if block.get("type") == "actions":
        return _objects(block.get("elements"))
    single = block.get("accessory") or block.get("element")
    return [single] if isinstance(single, dict) and single.get("type") != "image" else []


def _blocks(blocks: Any, *, most: int, at: str, is_view: bool) -> Iterator[str]:
    if not isinstance(blocks, list):
        yield f"must be an array [json-pointer:{at}]"
        return
    if len(blocks) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        where = f"{at}/{number}"
        if not isinstance(block, dict) or str(block.get("type")) not in limits.BLOCKS:
            yield f"unsupported type [json-pointer:{where}/type]"
            continue
        if block["type"] == "input" and not is_view:
            yield f"unsupported type: input [json-pointer:{where}/type]"
        yield from _repeated(block.get("block_id"), seen, "block_id", where)
        yield from _block(block, where)


def _block(block: Json, where: str) -> Iterator[str]:
    yield from _fields(block["type"], block, where)
    if block["type"] == "section":
        yield from _section(block, where)
    if block["type"] == "context":
        yield from _children(block, "elements", limits.CONTEXT_TEXT, where)
    seen: set[str] = set()
    for number, element in enumerate(elements(block)):
        path = {"actions": f"elements/{number}", "input": "element"}.get(block["type"], "accessory")
        yield from _repeated(element.get("action_id"), seen, "action_id", f"{where}/{path}")
        yield from _element(element, f"{where}/{path}")


def _section(block: Json, where: str) -> Iterator[str]:
    if not block.get("text") and not block.get("fields"):
        yield f"must define either `fields` or `text` [json-pointer:{where}]"
    yield from _children(block, "fields", limits.FIELD_TEXT, where)


def _children(block: Json, name: str, most: int, where: str) -> Iterator[str]:
    for number, child in enumerate(_list(block.get(name))):
        if not isinstance(child, dict) or child.get("type") != "image":
            yield from _text(child, most=most, may_be_mrkdwn=True, where=f"{where}/{name}/{number}")


def _element(element: Json, where: str) -> Iterator[str]:
    kind = str(element.get("type"))
    yield from _fields(kind, element, where)
    if kind.endswith("static_select") and not element.get("options") and not element.get("option_groups"):
        yield f"must define either `options` or `option_groups` [json-pointer:{where}]"
    for number, option in enumerate(_list(element.get("options"))):
        yield from _fields("option", option, f"{where}/options/{number}")
    if element.get("confirm"):
        yield from _fields("confirm", element["confirm"], f"{where}/confirm")


def _fields(kind: str, node: Any, where: str) -> Iterator[str]:
    if not isinstance(node, dict):
        yield f"must be an object [json-pointer:{where}]"
        return
    for name in limits.REQUIRED.get(kind, ()):
        if node.get(name) is None:
            yield f"missing required field: {name} [json-pointer:{where}]"
    for name, most in limits.TEXTS.get(kind, {}).items():
        if node.get(name) is not None:
            allowed = (kind, name) in limits.MAY_BE_MRKDWN
            yield from _text(node[name], most=most, may_be_mrkdwn=allowed, where=f"{where}/{name}")
    for name, most in {**limits.STRINGS, "value": limits.VALUES.get(kind, limits.OTHER_VALUE)}.items():
        if len(str(node.get(name) or "")) > most:
            yield f"must be less than {most + 1} characters [json-pointer:{where}/{name}]"
    yield from _counts(kind, node, where)


def _counts(kind: str, node: Json, where: str) -> Iterator[str]:
    for name, most in limits.ITEMS.get(kind, {}).items():
        items = node.get(name)
        if items is not None and not isinstance(items, list):
            yield f"must be an array [json-pointer:{where}/{name}]"
        elif items is not None and not items:
            yield f"no less than 1 items allowed [json-pointer:{where}/{name}]"
        elif len(_list(items)) > most:
            yield f"no more than {most} items allowed [json-pointer:{where}/{name}]"


def _text(text: Any, *, most: int, may_be_mrkdwn: bool, where: str) -> Iterator[str]:
    kinds = {"plain_text", "mrkdwn"} if may_be_mrkdwn else {"plain_text"}
    if not isinstance(text, dict) or str(text.get("type")) not in kinds:
        yield f"must provide a text object of type {' or '.join(sorted(kinds))} [json-pointer:{where}]"
    elif not isinstance(text.get("text"), str) or not text["text"]:
        yield f"must be more than 0 characters [json-pointer:{where}/text]"
    elif len(text["text"]) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{where}/text]"


def _repeated(value: object, seen: set[str], name: str, where: str) -> Iterator[str]:
    if value and str(value) in seen:
        yield f"`{name}` {value} already exists [json-pointer:{where}/{name}]"
    seen.add(str(value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> list[Json]:
    return [item for item in _list(value) if isinstance(item, dict)]


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
