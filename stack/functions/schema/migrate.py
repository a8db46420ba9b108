"""Versioned SQL migrations: each in a transaction of its own, recorded, and never run twice."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FILE_NAME = re.compile(r"(\d{3})_([a-z0-9_]+)\.sql")
_LOCK = 0x7061796D656E7473
"""Advisory lock key ("payments" in ASCII): two deployments migrate one after the other."""
_LOCK_TIMEOUT = "60s"
_RECORD = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   char(64) NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationError(Exception):
    """Raised when the migrations and the database do not belong together."""


@dataclass(frozen=True)
class Migration:
    """One step of the schema."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the statement text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def load(folder: Path) -> list[Migration]:
    """Read the migrations of a folder, in order.

    Raises:
        MigrationError: A file is misnamed, or a version is missing or used twice.
    """
    migrations = []
    for path in sorted(folder.glob("*.sql")):
        if (match := _FILE_NAME.fullmatch(path.name)) is None:
            raise MigrationError(f"{path.name} is not named like 001_what_it_does.sql")
        migrations.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    versions = [migration.version for migration in migrations]
    if versions != list(range(1, len(versions) + 1)):
        raise MigrationError(f"Versions must count up from 1 without a gap, but are {versions}")
    return migrations


def migrate(connection: Any, migrations: Sequence[Migration]) -> list[int]:
    """Bring the database up to date.

    Args:
        connection: An open `pg8000.native.Connection` of the schema's owner.
        migrations: All migrations, in order.

    Returns:
        The versions applied now; none if there was nothing to do.

    Raises:
        MigrationError: A migration was edited after it was applied, or the database is ahead of this code.
    """
    connection.run("SET statement_timeout = 0")
    connection.run(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
    return [migration.version for migration in migrations if _apply(connection, migration, len(migrations))]


def _apply(connection: Any, migration: Migration, newest: int) -> bool:
    connection.run("START TRANSACTION")
    try:
        # The lock ends with the transaction, whatever becomes of this function.
        connection.run("SELECT pg_advisory_xact_lock(:key)", key=_LOCK)
        connection.run(_RECORD)
        applied = {row[0]: row[1] for row in connection.run("SELECT version, checksum FROM schema_migrations")}
        due = _is_due(migration, applied, newest)
        if due:
            connection.run(migration.sql)
            connection.run(
                "INSERT INTO schema_migrations (version, name, checksum) VALUES (:version, :name, :checksum)",
                version=migration.version,
                name=migration.name,
                checksum=migration.checksum,
            )
        connection.run("COMMIT")
    except Exception:
        connection.run("ROLLBACK")
        raise
    return due


def _is_due(migration: Migration, applied: dict[int, str], newest: int) -> bool:
    if ahead := [version for version in applied if version > newest]:
        raise MigrationError(f"The database has versions {ahead}, this code ends at {newest}: deploy newer code")
    checksum = applied.get(migration.version)
    if checksum is not None and checksum != migration.checksum:
        raise MigrationError(f"Migration {migration.version} was changed after it was applied: restore it and add a new one")
    return checksum is None
