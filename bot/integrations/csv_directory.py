"""Customers in a CSV file, such as an export of somebody's spreadsheet."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import PermanentError, TransientError
from bot.integrations import directory_records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config_directory import CsvDirectory
    from routing.requester import Attribute, Requester

_Records = dict[str, dict[str, str]]


class CsvRequesterDirectory:
    """A RequesterDirectory. The file is kept in memory, and read again once its time or size has changed."""

    def __init__(self, config: CsvDirectory) -> None:
        self._config = config
        self._path = Path(config.path)
        self._version: tuple[int, int] | None = None
        self._records: _Records = {}
        self._reading: asyncio.Task[None] | None = None

    async def look_up(self, address: str) -> Requester | None:
        # One reader for all who ask: a file system that hangs holds one thread, not one for each mail.
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(asyncio.to_thread(self._read_if_changed))
            self._reading.add_done_callback(_is_seen)
        await asyncio.shield(self._reading)
        row = self._records.get(address)
        return directory_records.read(_typed(row), _identity(row)) if row is not None else None

    async def close(self) -> None:
        """Nothing is held open."""

    def _read_if_changed(self) -> None:
        try:
            stat = self._path.stat()
            version = (stat.st_mtime_ns, stat.st_size)
            if version != self._version:
                self._records = self._read()
                self._version = version
        except OSError as error:
            raise TransientError(f"{self._path.name} cannot be read: {error.strerror}") from error
        except (csv.Error, UnicodeDecodeError) as error:
            raise PermanentError(f"{self._path.name} is no CSV file in UTF-8: {error}") from error

    def _read(self) -> _Records:
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, delimiter=self._config.delimiter)
            if self._config.email not in (rows.fieldnames or ()):
                raise PermanentError(f"{self._path.name} has no column {self._config.email!r}")
            return {
                address.strip().lower(): self._kept(row)
                for row in rows
                if (address := row[self._config.email] or "").strip()
            }

    def _kept(self, row: Mapping[str, str | None]) -> dict[str, str]:
        """The columns that are wanted, by the requester's names."""
        names = self._config.names()
        return {field: value for field, name in names.items() if (value := row.get(name))}


def _typed(row: Mapping[str, str]) -> dict[str, Attribute]:
    return {
        field: value if field in directory_records.OWN else directory_records.typed(value.strip())
        for field, value in row.items()
    }


def _identity(row: Mapping[str, str]) -> dict[str, str]:
    return {field: field for field in row}


def _is_seen(reading: asyncio.Task[None]) -> None:
    """Whoever waited may have gone: asyncio shall not report the failure as lost."""
    if not reading.cancelled():
        reading.exception()
