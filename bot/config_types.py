"""The kinds of values that support.yaml is made of."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from routing import sla
from routing.strict import shaped

_UNITS = {"": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}


def _size(value: object) -> int:
    """Bytes of `500KB` or `25MB`."""
    found = re.fullmatch(r"(\d{1,6})\s*(KB|MB|GB|)", str(value).strip())
    if found is None:
        raise ValueError(f"{value!r} is not a size: write a number and KB, MB or GB, such as 25MB")
    return int(found[1]) * _UNITS[found[2]]


def _duration(value: object) -> timedelta:
    return value if isinstance(value, timedelta) else sla.parse_duration(str(value))


Line = Annotated[str, Field(min_length=1), shaped(r"[^\r\n]*", "a single line")]
Slug = Annotated[str, shaped(r"[a-z0-9-]+", "an id: lower-case letters, digits and hyphens")]
Channel = Annotated[
    str,
    shaped(r"#[^\s#A-Z]{1,80}|[CG][A-Z0-9]{2,}", "a Slack channel: write #name, or its id (C... or G...)"),
]
Person = Annotated[str, shaped(r"[UW][A-Z0-9]{2,}", "a Slack user id (U...)")]
OnCall = Annotated[str, shaped(r"[USW][A-Z0-9]{2,}", "a Slack user id (U...) or user group id (S...)")]
Mailbox = Annotated[str, shaped(r"[^\s@<>]+@[^\s@<>]+", "an e-mail address"), AfterValidator(str.lower)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size), Field(ge=1)]
