"""How people name an incident."""

from __future__ import annotations

PREFIX = "INC"


def reference(incident_id: int) -> str:
    """`INC-7`."""
    return f"{PREFIX}-{incident_id}"
