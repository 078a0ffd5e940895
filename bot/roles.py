"""What one process does of the whole."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """By the name of its command."""

    RUN = "run"
    """All of it."""
    WEB = "web"
    """Takes in mail, answers Slack and shows traces."""
    WORKER = "worker"
    """Performs the outbox and polls mailboxes."""

    @property
    def is_web(self) -> bool:
        return self is not Role.WORKER

    @property
    def is_worker(self) -> bool:
        return self is not Role.WEB
