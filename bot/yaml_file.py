"""YAML read so that everything in it keeps its place: an error can name its line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import yaml

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

Loc = tuple[int | str, ...]
"""Where a value stands, as pydantic gives it: keys and positions from the top."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong, and where; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1
    path: str = ""
    """Keys from the top: `rules[2].then.queue`; empty for the file as a whole."""
    severity: Literal["error", "warning"] = "error"
    """An error stops the start; a warning is advice."""
    code: str = "invalid"
    """The kind of problem, for programs; stable."""
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        advice = "warning" if self.severity == "warning" else ""
        return ": ".join(filter(None, (place, self.path, advice, self.message)))


class ConfigError(Exception):
    """The configuration cannot be used; says everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class _Loader(yaml.CSafeLoader):
    """YAML 1.2's scalars without the traps of 1.1: `no`, `on`, dates, `1:30` and `<<` stay text."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.duplicate_keys: list[yaml.Node] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        """Also collect the keys that stand twice: the last one would silently win."""
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                self.duplicate_keys.append(key)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


for _type, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
    ("null", r"~|null|", ["~", "n", ""]),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_type}", re.compile(rf"(?:{_pattern})\Z"), list(_first)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A file's content and where each part of it stands."""

    file: str
    root: yaml.Node
    data: Any
    duplicate_keys: tuple[Problem, ...]

    def problem(self, loc: Loc, message: str, *, at_key: bool = False, offset: int = 0) -> Problem:
        """Place a message at a value, at a character of it by its offset, or at the key before it."""
        key, node = _follow(self.root, loc)
        mark = key.start_mark if at_key or not isinstance(node, yaml.ScalarNode) else node.start_mark
        column = mark.column + (0 if at_key else _inside(node, offset)) + 1
        return Problem(file=self.file, line=mark.line + 1, column=column, path=_path(loc), message=message)


def _problem(file: str, mark: yaml.Mark | None, *, path: str = "", message: str) -> Problem:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(file=file, line=line, column=column, path=path, message=message)


_START = "start from the support.yaml that comes with Deskbell"


def read(path: Path) -> Document:
    """Read a file.

    Raises:
        ConfigError: the file is missing, empty, or not YAML.
    """
    file = str(path)
    try:
        return parse(file, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError((_problem(file, None, message=_unreadable(error)),)) from error


def parse(file: str, text: str) -> Document:
    """Read a text; `file` is what its problems call it.

    Raises:
        ConfigError: it is empty, or not YAML.
    """
    try:
        return _parse(file, text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigError((_problem(file, mark, message=_unreadable(error)),)) from error


def _unreadable(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no such file; {_START}"
    if isinstance(error, yaml.MarkedYAMLError):
        return f"not valid YAML: {error.problem}"
    return f"cannot be read: {error}"


def _parse(file: str, text: str) -> Document:
    loader = _Loader(text)
    root = loader.get_single_node()
    if root is None:
        raise ConfigError((_problem(file, None, message=f"the file is empty; {_START}"),))
    data = loader.construct_document(root)
    duplicates = tuple(
        _problem(file, key.start_mark, path=str(key.value), message="this key stands twice in one mapping")
        for key in loader.duplicate_keys
    )
    return Document(file=file, root=root, data=data, duplicate_keys=duplicates)


def _follow(root: yaml.Node, loc: Loc) -> tuple[yaml.Node, yaml.Node]:
    """Follow a path as far as the file goes. A block begins at its key, where a reader looks for it."""
    key, node = root, root
    for step in loc:
        key, node = _child(node, step) or (key, node)
    return key, node


def _inside(node: yaml.Node, offset: int) -> int:
    """Columns from the start of a scalar to a character of it; 0 where the file writes it in another way."""
    if not isinstance(node, yaml.ScalarNode) or node.start_mark.line != node.end_mark.line or not offset:
        return 0
    is_quoted = node.style == "'"
    before = node.value[:offset]
    return len(before) + before.count("'") + 1 if is_quoted else len(before) if node.style is None else 0


def _child(node: yaml.Node, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in reversed(node.value) if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step], node.value[step]
    return None


def _path(loc: Loc) -> str:
    """Print a path without the steps that pydantic adds: the tag of a union, `[key]` for a key."""
    keys = [step for step in loc if isinstance(step, int) or step[:1] not in {"<", "["}]
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in keys).removeprefix(".")
