"""What everything written in support.yaml has in common: no unknown key, and no name that refers to nothing."""

from __future__ import annotations

import re

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo


class Strict(BaseModel):
    """A value that its author wrote: it never changes, and a key that nobody reads is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def known(noun: str) -> AfterValidator:
    """A validator for a name that refers to something, such as a queue.

    Which names there are comes as pydantic's validation context, by noun; without one every name is fine.
    """

    def check(name: str, info: ValidationInfo) -> str:
        names = (info.context or {}).get(noun)
        if names is not None and name not in names:
            raise ValueError(f"no {noun} is called {name!r}; there are {', '.join(sorted(names)) or 'none'}")
        return name

    return AfterValidator(check)


def shaped(pattern: str, meaning: str) -> AfterValidator:
    """A validator for a text that has a form, such as an address; its error says what the text is not."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"{value!r} is not {meaning}")
        return value

    return AfterValidator(check)
