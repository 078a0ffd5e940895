"""What is wrong in a configuration, in words for its author: the faults that pydantic finds, and ids given twice."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from routing.pattern_syntax import PatternSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from bot.yaml_file import Document, Loc, Problem


def duplicate_ids(document: Document, section: str) -> Iterator[Problem]:
    """Yield each item of a section whose id an item above it has."""
    seen: set[object] = set()
    for position, identifier in enumerate(ids(document.data, section)):
        if identifier in seen:
            yield document.problem(
                (section, position, "id"), f"{identifier!r} is the id of another one above"
            )
        seen.add(identifier)


def ids(data: Any, section: str) -> list[str]:
    """The ids of a section as far as it can be read: its keys, or the `id` of each of its items."""
    content = data.get(section) if isinstance(data, dict) else None
    if isinstance(content, dict):
        return [str(key) for key in content]
    items = content if isinstance(content, list) else []
    return [
        str(item.get("id", position)) if isinstance(item, dict) else "" for position, item in enumerate(items)
    ]


def invalid(document: Document, error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """Yield what pydantic found wrong in a document for the model."""
    for fault in error.errors():
        loc, kind = fault["loc"], fault["type"]
        if kind == "too_short" and fault["input"]:
            continue  # pydantic counts only the valid items; the others have their own fault
        error_itself = fault.get("ctx", {}).get("error")
        yield document.problem(
            loc,
            _message(fault, model),
            at_key=kind == "extra_forbidden" or "[key]" in loc,
            offset=error_itself.position if isinstance(error_itself, PatternSyntaxError) else 0,
        )


_MESSAGES = {
    "missing": "is required",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "string_type": "must be text; put it in quotes",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
}


def _message(fault: ErrorDetails, model: type[BaseModel]) -> str:
    loc, content = fault["loc"], fault["input"]
    match fault["type"]:
        case "extra_forbidden":
            return _unknown_key(loc, model)
        case "condition" if isinstance(content, dict) and len(content) == 1:
            return _unknown_key((*loc, str(*content)), model)
        case "value_error":
            return str(fault["ctx"]["error"])
        case kind:
            return _MESSAGES.get(kind, fault["msg"])


def _unknown_key(loc: Loc, model: type[BaseModel]) -> str:
    keys = _allowed_keys(loc[:-1], model)
    close = difflib.get_close_matches(str(loc[-1]), keys, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(keys)}"
    return f"unknown key {loc[-1]!r}; {hint}"


def _allowed_keys(loc: Loc, root: type[BaseModel]) -> list[str]:
    """Follow a path through the models; a step that is no field (position, id, tag) stays where it is."""
    models: list[type[BaseModel]] = [root]
    for step in loc:
        annotations = [kind for model in models for key, kind in _fields(model) if key == step]
        if annotations:
            models = [model for annotation in annotations for model in _models(annotation)]
    return [key for model in models for key, _ in _fields(model)]


def _fields(model: type[BaseModel]) -> list[tuple[str, Any]]:
    return [(field.alias or name, field.annotation) for name, field in model.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
