"""Ticket numbers as people write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.errors import NotAllowedError

if TYPE_CHECKING:
    from bot.services import Services


EXAMPLE = 1042
"""Stands wherever a ticket number is asked for."""


def read(services: Services, written: str) -> int:
    """The id behind `DB-1042`, `db-1042` or `1042`.

    Raises:
        NotAllowedError: it is no ticket number.
    """
    prefix = services.config.desk.ticket_prefix
    match = re.fullmatch(rf"(?:{re.escape(prefix)}-)?(\d{{1,15}})", written, re.IGNORECASE | re.ASCII)
    if match is None:
        raise NotAllowedError(f"Which ticket? Write its number, for example `{services.reference(EXAMPLE)}`.")
    return int(match[1])
