"""The schema function: invoked by the deploy step to migrate, and by the verify step to look.

Event: `{"action": "migrate"}` (the default), `{"action": "state"}`, `{"action": "payment", "payment_id": "…"}` or
`{"action": "forget_test_payments"}`. A failure is a failed invocation: whoever invokes reads `FunctionError`.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from schema.inspection import forget_test_payments, payment_rows, state
from schema.migrate import Migration, load, migrate
from shared import connection, database

MIGRATIONS = Path(__file__).parent / "migrations"


class UnknownActionError(Exception):
    """Raised when an event asks for something this function does not do."""


@cache
def _database() -> database.Database:
    return database.from_environment(boto3.client("secretsmanager"), "schema")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Do what the event asks for."""
    return answer(event, _database())


def answer(event: dict[str, Any], target: database.Database) -> dict[str, Any]:
    """Do what the event asks for, on a database.

    Raises:
        UnknownActionError: There is no such action.
    """
    match event.get("action", "migrate"):
        case "migrate":
            migrations = load(MIGRATIONS)
            return {"applied": _migrate(target, migrations), "current": migrations[-1].version}
        case "state":
            address = connection.Address.from_environment(os.environ)
            return {**state(target), "plaintext_refused": connection.plaintext_refused(address)}
        case "payment":
            return payment_rows(target, str(event["payment_id"]))
        case "forget_test_payments":
            return forget_test_payments(target)
        case other:
            raise UnknownActionError(f"{other!r}: use migrate, state, payment or forget_test_payments")


def _migrate(target: database.Database, migrations: list[Migration]) -> list[int]:
    """Migrate over a connection of its own: it waits as long as a migration takes, which no other question should."""
    target.close()
    try:
        opened = target.connection()
        connection.wait_for_answers(opened)
        return migrate(opened, migrations)
    finally:
        target.close()  # after a failure it may be in any state
