"""What can go wrong while remembering.

StorageError
├── StorageUnavailableError   the database does not answer: try again later
├── LeaseLostError            the outbox entry belongs to somebody else by now
└── NotFoundError             no such ticket, mail or escalation
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import exc

if TYPE_CHECKING:
    from collections.abc import Iterator


class StorageError(Exception):
    """The storage could not do what was asked."""


class StorageUnavailableError(StorageError):
    """The database cannot be reached or cannot write right now."""


class LeaseLostError(StorageError):
    """The lease of this outbox entry ran out and was taken over; nothing of this attempt may be recorded."""


class NotFoundError(StorageError):
    """There is no such record."""


_NOT_NOW = ("08", "40", "53", "57P", "58")
"""SQLSTATEs of PostgreSQL that pass: connection lost, deadlock, out of resources, starting or stopping, system error
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""


def first_line(error: BaseException | None) -> str:
    """What an error says, in a line; its kind where it says nothing, as a connection that breaks may."""
    return next(iter(str(error).splitlines()), type(error).__name__)


@contextmanager
def translated() -> Iterator[None]:
    """Driver errors that mean "not now" become StorageUnavailableError; all others are bugs and pass."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, ConnectionError, OSError) as error:
        raise StorageUnavailableError(first_line(error)) from error
    except exc.DBAPIError as error:
        if error.connection_invalidated or (getattr(error.orig, "sqlstate", None) or "").startswith(_NOT_NOW):
            raise StorageUnavailableError(first_line(error.orig)) from error
        raise
