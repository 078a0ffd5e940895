"""Statements for a bare sqlite3 connection, compiled once from the tables."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.dialects import sqlite

from storage.schema import UtcDateTime

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ClauseElement
    from sqlalchemy import Insert as InsertClause
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

    Row = Mapping[str, Any]

_DIALECT = sqlite.dialect()
_TIME = cast("Callable[[datetime], str]", UtcDateTime().dialect_impl(_DIALECT).bind_processor(_DIALECT))


class Statement:
    """SQL text and how each value becomes what sqlite3 takes."""

    def __init__(self, statement: ClauseElement, columns: Sequence[str] = ()) -> None:
        compiled = cast("SQLCompiler", statement.compile(dialect=_DIALECT, column_keys=list(columns)))
        self.sql = str(compiled)
        self._parameters: list[tuple[str, Callable[[Any], Any] | None]] = [
            (name, _converter(compiled.binds[name].type)) for name in compiled.positiontup or ()
        ]

    def values(self, row: Row) -> list[Any]:
        return [row[name] if convert is None else convert(row[name]) for name, convert in self._parameters]

    def run(self, connection: sqlite3.Connection, row: Row) -> sqlite3.Cursor:
        return connection.execute(self.sql, self.values(row))


def _converter(column_type: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    if isinstance(column_type, UtcDateTime):
        return _time
    return column_type.dialect_impl(_DIALECT).bind_processor(_DIALECT)


@lru_cache
def _time(value: datetime) -> str:
    """As the column type does it, but once for all times of a mail, which are the same one."""
    return _TIME(value)


class Insert:
    """Inserts many rows by one execution.

    With each execution the thread gives the interpreter away and has to queue for it again: under load that
    costs more than the row.
    """

    def __init__(self, statement: InsertClause, columns: Sequence[str]) -> None:
        self._one = Statement(statement, columns)
        self._row = f"({', '.join('?' * len(columns))})"

    def run(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> int:
        """Answers how many rows were new."""
        sql = self._one.sql.replace(self._row, ", ".join([self._row] * len(rows)))
        return connection.execute(sql, [value for row in rows for value in self._one.values(row)]).rowcount
