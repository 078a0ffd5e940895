"""Problems that are found in a configuration that can be read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.yaml_file import Document, Loc, Problem


def error(document: Document, loc: Loc, code: str, message: str) -> Problem:
    """Something that its author cannot have meant."""
    return replace(document.problem(loc, message), code=code)


def warning(document: Document, loc: Loc, code: str, message: str) -> Problem:
    """Something that may be meant as it is."""
    return replace(document.problem(loc, message), code=code, severity="warning")
