"""Brings a database to the schema of this version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from storage.engine import Database

HEAD = "0006"
"""The newest revision in `versions/`."""

_LOCK = 0x6465736B  # any constant of our own


async def upgrade(database: Database) -> bool:
    """Migrate to the newest revision; False when there was nothing to do.

    A database that a newer version has migrated is left alone: while versions change, an old one may start again.
    Processes that start together take turns: SQLite by its write lock, PostgreSQL by an advisory lock.
    """
    async with database.connection() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        revision = await connection.run_sync(current_revision)
        if revision is not None and revision >= HEAD:
            return False
        await connection.run_sync(_run)
        await connection.commit()
    return True


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _run(connection: Connection) -> None:
    # Imported late: it costs a quarter of the start-up time, and most starts find nothing to migrate.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
