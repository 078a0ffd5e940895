"""From a record of somebody else's to a Requester."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any

from bot.errors import PermanentError
from routing import sla
from routing.email import clean_line
from routing.requester import Requester

if TYPE_CHECKING:
    from routing.requester import Attribute

_LONGEST = 500
"""Characters of a value; more is no name, tier or plan."""
_TEXTS = ("name", "company", "tier", "segment")
OWN = (*_TEXTS, "sla")
"""Fields of a requester; all others are attributes."""


def read(record: Mapping[str, Any], names: Mapping[str, str]) -> Requester:
    """The requester, of the fields that `names` finds in the record; what is empty or null is not known.

    Raises:
        PermanentError: a field is something else than it should be.
    """
    found = {field: _at(record, name) for field, name in names.items()}
    known = {field: value for field, value in found.items() if value is not None}
    promised = known.pop("sla", None)
    own = {field: _text(field, known.pop(field)) for field in _TEXTS if field in known}
    attributes = {field: _attribute(field, value) for field, value in known.items()}
    return Requester(**own, sla=_duration(promised), attributes=attributes)


def typed(text: str) -> Attribute:
    """For records that know texts only: a text is a number if it is written just as the number would be."""
    if text in {"true", "false"}:
        return text == "true"
    for kind in (int, float):
        try:
            if str(number := kind(text)) == text and text not in {"inf", "-inf", "nan"}:
                return number
        except ValueError:
            continue
    return text


def _at(record: Mapping[str, Any], name: str) -> Any:
    """The value under a name, or at the end of a path with dots; None where there is none."""
    value: Any = record
    for step in [name] if name in record else name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    value = _clean(value) if isinstance(value, str) else value
    return None if value == "" else value


def _clean(text: str) -> str:
    """Cleaned as the texts of a mail are: it goes into headers, cards and the database too."""
    return clean_line(text.encode("utf-8", "replace").decode()).strip()[:_LONGEST]


def _text(field: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise PermanentError(f"{field} in the directory is no text")
    return str(value)


def _duration(value: Any) -> timedelta | None:
    """Of `4h`, or of an interval of a database."""
    if value is None or (isinstance(value, timedelta) and value > timedelta()):
        return value
    try:
        return sla.parse_duration(value if isinstance(value, str) else "")
    except ValueError:
        raise PermanentError("sla in the directory is no duration such as 4h") from None


def _attribute(field: str, value: Any) -> Attribute:
    if isinstance(value, str | bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, Mapping | list | tuple | bytes):
        raise PermanentError(f"{field} in the directory is no text, number, true or false")
    # What a database has besides: dates, decimals, identifiers.
    return _clean(str(value))
