"""Customers in a database of the team's own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, exc, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import PermanentError, SettingsError, TransientError
from bot.integrations import directory_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config_directory import SqlDirectory
    from routing.requester import Requester

_VARIABLE = "DESKBELL_DIRECTORY_URL"


class SqlRequesterDirectory:
    """A RequesterDirectory. It has two connections of its own, and changes nothing: what it opens it rolls back.

    Args:
        config: the query; the address stands for `:email` in it, as a parameter and never as text.
        url: SQLAlchemy's, with an async driver.

    Raises:
        SettingsError: there is no such database, or no driver for it.
    """

    def __init__(self, config: SqlDirectory, *, url: str) -> None:
        self._query = text(config.query)
        self._names = config.names()
        try:
            backend = make_url(url).get_backend_name()
            self._engine = create_async_engine(url, pool_size=2, max_overflow=0, pool_pre_ping=True)
        except (exc.ArgumentError, exc.InvalidRequestError, ImportError) as error:
            # Not what the driver says of it: that may hold the password.
            raise SettingsError(
                f"{_VARIABLE}: not an SQLAlchemy URL with an async driver that is installed here"
            ) from error
        self._options = {"postgresql_readonly": True} if backend == "postgresql" else {}
        if backend == "sqlite":
            event.listen(self._engine.sync_engine, "connect", _read_only)

    async def look_up(self, address: str) -> Requester | None:
        with _translated():
            async with self._engine.connect() as connection:
                await connection.execution_options(**self._options)
                row = (await connection.execute(self._query, {"email": address})).mappings().first()
        return None if row is None else directory_records.read(dict(row), self._names)

    async def close(self) -> None:
        await self._engine.dispose()


def _read_only(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")


@contextmanager
def _translated() -> Iterator[None]:
    """A database that cannot be reached is one thing, a query that it does not understand another."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, OSError) as error:
        raise TransientError(f"the database does not answer: {_first_line(error)}") from error
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise TransientError(f"the database does not answer: {_first_line(error)}") from error
        raise PermanentError(f"the database refuses the query: {_first_line(error)}") from error
    except exc.SQLAlchemyError as error:
        raise PermanentError(f"the query cannot be used: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    """What the driver says: the query and its parameters, in later lines, are not for a card."""
    said = getattr(error, "orig", None) or error
    return next(iter(str(said).splitlines()), type(said).__name__)
