"""A PostgreSQL connection that outlives an invocation, a rotated password and a failover."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from pg8000.exceptions import DatabaseError, InterfaceError

from shared.connection import NOT_ADMITTED, Address, connector, sqlstate
from shared.secret import secret_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.secret import Credentials

_WRONG_PASSWORD = {"28P01", NOT_ADMITTED}
_SHUTTING_DOWN = {"57P01", "57P02", "57P03"}
_BROKEN = (InterfaceError, OSError)


class DatabaseUnavailableError(Exception):
    """Raised when the database cannot be reached or cannot do what it is asked; `code` is SQLSTATE or a class name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Database:
    """One connection, opened when it is first needed and kept between invocations."""

    def __init__(
        self,
        read_secret: Callable[[], Credentials],
        connect: Callable[[Credentials], Any],
        role: str | None = None,
    ) -> None:
        self._read_secret = read_secret
        self._connect = connect
        self._role = role
        self._credentials: Credentials | None = None
        self._connection: Any = None

    def run(self, sql: str, **parameters: Any) -> list[list[Any]]:
        """Run one statement that may safely run twice, reconnecting once if the connection turns out to be broken.

        Raises:
            DatabaseUnavailableError: The database cannot be reached, or refuses.
            SecretUnreadableError: The password cannot be read.
        """
        try:
            return self._attempt(sql, parameters)
        except _BROKEN:
            self.close()
        except DatabaseError as error:
            if sqlstate(error) not in _SHUTTING_DOWN:
                _refuse(error)
            self.close()
        try:
            return self._attempt(sql, parameters)
        except (*_BROKEN, DatabaseError) as error:
            self.close()
            _refuse(error)

    def connection(self) -> Any:
        """Give the open connection, for a transaction that must not be repeated half-way."""
        try:
            return self._open()
        except (*_BROKEN, DatabaseError) as error:
            _refuse(error)

    def close(self) -> None:
        """Forget the connection; a broken one, or one stopped in mid-sentence, may refuse even to be closed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()

    def _attempt(self, sql: str, parameters: dict[str, Any]) -> list[list[Any]]:
        return list(self._open().run(sql, **parameters) or [])

    def _open(self) -> Any:
        if self._connection is None:
            connection = self._log_in()
            if self._role is not None:
                connection.run(f"SET ROLE {self._role}")
            self._connection = connection  # only now: one without its role must never be used
        return self._connection

    def _log_in(self) -> Any:
        """Connect; RDS rotates the password, so one refusal may only mean that ours is yesterday's."""
        cached = self._credentials is not None
        if self._credentials is None:
            self._credentials = self._read_secret()
        try:
            return self._connect(self._credentials)
        except DatabaseError as error:
            self._credentials = None
            if not cached or sqlstate(error) not in _WRONG_PASSWORD:
                raise
        self._credentials = self._read_secret()
        return self._connect(self._credentials)


def from_environment(client: Any, application: str, role: str | None = None) -> Database:
    """Make the database that the function's environment variables name."""
    address = Address.from_environment(os.environ)
    return Database(secret_reader(client, os.environ["DB_SECRET_ARN"]), connector(address, application), role)


def _refuse(error: Exception) -> NoReturn:
    """Keep the code and drop the message: PostgreSQL quotes the values it did not like."""
    code = sqlstate(error) if isinstance(error, DatabaseError) else ""
    raise DatabaseUnavailableError(code or type(error).__name__) from None
