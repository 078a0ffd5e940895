"""The kinds of values that support.yaml is made of."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from routing import comparisons, sla
from routing.strict import shaped


def _duration(value: object) -> timedelta:
    return value if isinstance(value, timedelta) else sla.parse_duration(str(value))


def _is_callable(name: str, info: ValidationInfo) -> str:
    schedules = (info.context or {}).get("schedule", ())
    if not re.fullmatch(r"[USW][A-Z0-9]{2,}", name) and name not in schedules:
        raise ValueError(
            f"{name!r} is not a Slack user id (U...), a user group id (S...) or a schedule; "
            f"there are {', '.join(sorted(schedules)) or 'no schedules'}"
        )
    return name


Line = Annotated[str, Field(min_length=1), shaped(r"[^\r\n]*", "a single line")]
Slug = Annotated[str, shaped(r"[a-z0-9-]+", "an id: lower-case letters, digits and hyphens")]
Channel = Annotated[
    str,
    shaped(r"#[^\s#A-Z]{1,80}|[CG][A-Z0-9]{2,}", "a Slack channel: write #name, or its id (C... or G...)"),
]
Person = Annotated[str, shaped(r"[UW][A-Z0-9]{2,}", "a Slack user id (U...)")]
OnCall = Annotated[str, AfterValidator(_is_callable)]
"""Who is called: a Slack user, a user group, or whoever is on call by a schedule."""
Mailbox = Annotated[str, shaped(r"[^\s@<>]+@[^\s@<>]+", "an e-mail address"), AfterValidator(str.lower)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(comparisons.size), Field(ge=1)]
