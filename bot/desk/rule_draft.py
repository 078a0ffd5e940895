"""A lead's draft of other rules: put into support.yaml as it is on disk, checked, kept and replayed."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from blocks import rules_modal
from bot import config as config_module
from bot import yaml_file
from bot.desk import leads, replay_request
from bot.desk.replay_request import Options
from bot.errors import NotAllowedError
from bot.yaml_file import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.services import Services
    from bot.yaml_file import Document, Problem
    from routing.rules import Ruleset

_SECTION = "rules"
_NO_LIST = "write a list of rules, each beginning with `- id:`"


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginning:
    """What a lead begins with."""

    content: str
    """Empty where the rules are too long to be edited in Slack and there is no earlier draft."""
    is_whole: bool
    has_earlier: bool
    rules: tuple[str, ...]


async def begin(services: Services, *, agent_id: str) -> Beginning:
    """The lead's draft of last time, or the rules as the file has them.

    Raises:
        NotAllowedError: this person is no lead, or the file cannot be read.
    """
    leads.refuse_others(services, agent_id)
    section = await asyncio.to_thread(_section, services.config_file)
    is_whole = len(section) <= rules_modal.LONGEST
    async with services.storage.reading() as uow:
        earlier = await uow.rule_drafts.get(agent_id)
    return Beginning(
        content=earlier or (section if is_whole else ""),
        is_whole=is_whole,
        has_earlier=earlier is not None,
        rules=tuple(rule.id for rule in services.config.rules),
    )


async def submit(services: Services, draft: rules_modal.Draft, *, agent_id: str) -> int:
    """Check the draft, keep it and replay the last days with it; gives the replay's number.

    Raises:
        NotAllowedError: this person is no lead, or the draft says something wrong: what, and in which line.
    """
    leads.refuse_others(services, agent_id)
    ruleset = await asyncio.to_thread(
        merged, services.config_file, draft.content, is_whole=draft.ref.is_whole
    )
    async with services.storage.unit_of_work() as uow:
        await uow.rule_drafts.keep(agent_id, draft.content, now=services.clock())
        await uow.commit()
    return await replay_request.start(
        services,
        ruleset,
        Options(),
        agent_id=agent_id,
        channel=draft.ref.channel,
        draft=hashlib.sha256(draft.content.encode()).hexdigest(),
    )


def merged(path: Path, content: str, *, is_whole: bool) -> Ruleset:
    """The rule set of the file with the draft in it; `is_whole` says that it takes the place of all rules.

    Raises:
        NotAllowedError: the draft or the file says something wrong.
    """
    file = _read(path)
    try:
        draft = yaml_file.parse("draft", content)
        if draft.duplicate_keys:
            raise ConfigError(draft.duplicate_keys)  # noqa: TRY301 - told as any other
    except ConfigError as error:
        raise NotAllowedError(rules_modal.problems([_told(one) for one in error.problems])) from error
    document, is_drafted = _insert(file, draft, is_whole=is_whole)
    try:
        ruleset = config_module.of(document).ruleset()
    except ConfigError as error:
        lines = [_told(one) if is_drafted(one.path) else str(one) for one in error.problems]
        raise NotAllowedError(rules_modal.problems(lines)) from error
    _ = ruleset.content_hash, ruleset.index  # worked out here, off the event loop
    return ruleset


def _told(problem: Problem) -> str:
    place = f"line {problem.line}, column {problem.column}"
    # Its position among all rules is none that the author has counted.
    key = problem.path.partition("].")[2]
    return ": ".join(filter(None, (place, key, problem.message)))


def _read(path: Path) -> Document:
    try:
        return yaml_file.read(path)
    except ConfigError as error:
        raise NotAllowedError(f"support.yaml cannot be read: {error.problems[0]}") from error


def _section(path: Path) -> str:
    """The rules as the file writes them, with their comments."""
    document = _read(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = [key for key, _ in document.root.value] if isinstance(document.root, yaml.MappingNode) else []
    starts = [key.start_mark.line for key in keys]
    begin = next((key.start_mark.line for key in keys if key.value == _SECTION), None)
    if begin is None:
        return f"{_SECTION}: []\n"
    end = min((line for line in starts if line > begin), default=len(lines))
    while end > begin and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1  # what comments the next section
    return "\n".join(lines[begin:end]) + "\n"


def _insert(file: Document, draft: Document, *, is_whole: bool) -> tuple[Document, Callable[[str], bool]]:
    """The file with the draft's rules, and whether a path of it leads into the draft.

    The nodes of both go along, so that every problem has its line in what its author wrote.
    """
    written, nodes = _rules(draft)
    kept, kept_nodes = ([], []) if is_whole else _rules(file, is_file=True)
    places = {_id(rule): position for position, rule in enumerate(kept)}
    drafted: set[int] = set()
    for rule, node in zip(written, nodes, strict=True):
        position = places.setdefault(_id(rule), len(kept)) if not is_whole else len(kept)
        if position in drafted:
            position = len(kept)  # twice in the draft: the check says so
        kept[position : position + 1], kept_nodes[position : position + 1] = [rule], [node]
        drafted.add(position)
    document = replace(file, root=_with_rules(file.root, kept_nodes), data=file.data | {_SECTION: kept})
    return document, lambda path: any(path.startswith(f"{_SECTION}[{position}]") for position in drafted)


def _rules(document: Document, *, is_file: bool = False) -> tuple[list[Any], list[yaml.Node]]:
    """The rules of a list, or of a mapping that has them under `rules`."""
    data, root = document.data, document.root
    if isinstance(root, yaml.MappingNode) and (is_file or set(data) == {_SECTION}):
        data = data.get(_SECTION) or []
        root = next((value for key, value in root.value if key.value == _SECTION), yaml.SequenceNode("", []))
    if not isinstance(data, list):
        raise NotAllowedError(_NO_LIST)
    return list(data), list(root.value)


def _id(rule: Any) -> object:
    identifier = rule.get("id") if isinstance(rule, dict) else None
    return identifier if isinstance(identifier, str) else object()


def _with_rules(root: yaml.Node, rules: list[yaml.Node]) -> yaml.MappingNode:
    others = [(key, value) for key, value in root.value if key.value != _SECTION]
    key = next((key for key, _ in root.value if key.value == _SECTION), None) or _node(
        yaml.ScalarNode, _SECTION
    )
    section = _node(yaml.SequenceNode, rules)
    return yaml.MappingNode(root.tag, [*others, (key, section)], root.start_mark, root.end_mark)


def _node(kind: type[yaml.Node], value: Any) -> yaml.Node:
    start = yaml.Mark("", 0, 0, 0, None, 0)
    return kind("", value, start, start)
