"""Opening a connection to PostgreSQL.

TLS is required always. With DB_CA_BUNDLE (a file in the package) the server's certificate and name are verified too;
without it the connection is encrypted only, which the security group and the private subnets have to make up for.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pg8000.native
from pg8000.exceptions import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.secret import Credentials

SOCKET_TIMEOUT_SECONDS = 4
_STATEMENT_TIMEOUT_MS = 3000
# SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
NOT_ADMITTED = "28000"


@dataclass(frozen=True)
class Address:
    """Where the database is, and how to know it."""

    host: str
    port: int
    name: str
    ca_bundle: Path | None

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> Address:
        """Read the DB_* variables; a relative CA bundle lies in the package."""
        bundle = variables.get("DB_CA_BUNDLE")
        root = Path(variables.get("LAMBDA_TASK_ROOT", "."))
        return cls(
            host=variables["DB_HOST"],
            port=int(variables["DB_PORT"]),
            name=variables["DB_NAME"],
            ca_bundle=None if bundle is None else root / bundle,
        )

    def tls(self) -> ssl.SSLContext:
        """Make the TLS context: verifying where there is something to verify with."""
        if self.ca_bundle is not None:
            return ssl.create_default_context(cafile=self.ca_bundle)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def connector(address: Address, application: str) -> Callable[[Credentials], Any]:
    """Make the function that opens a connection over TLS.

    Args:
        address: The database.
        application: Shown in `pg_stat_activity`.
    """

    def connect(credentials: Credentials) -> Any:
        connection = pg8000.native.Connection(
            credentials.username,
            password=credentials.password,
            host=address.host,
            port=address.port,
            database=address.name,
            timeout=SOCKET_TIMEOUT_SECONDS,
            ssl_context=address.tls(),
            application_name=application,
        )
        connection.run(f"SET statement_timeout = {_STATEMENT_TIMEOUT_MS}")
        return connection

    return connect


def wait_for_answers(connection: Any) -> None:
    """Let an open connection wait for each answer as long as it takes, which Lambda's own timeout limits.

    pg8000 takes one timeout for connecting and for every read, and has no way to change it later.
    """
    connection._usock.settimeout(None)  # noqa: SLF001 - see above; TLS has put its own socket in the place of any of ours


def plaintext_refused(address: Address) -> bool:
    """Try to connect without TLS: a server that forces it refuses before it asks who is there.

    RDS has no rule that would let such a connection in (28000); one that does goes on to the password (28P01).
    """
    try:
        pg8000.native.Connection(
            "nobody",
            password="",
            host=address.host,
            port=address.port,
            database=address.name,
            timeout=SOCKET_TIMEOUT_SECONDS,
            ssl_context=False,
        ).close()
    except DatabaseError as error:
        return sqlstate(error) == NOT_ADMITTED
    return False


def sqlstate(error: DatabaseError) -> str:
    """PostgreSQL's error code; pg8000 puts the server's fields, keyed by letter, into the first argument."""
    fields = error.args[0] if error.args else {}
    return str(fields.get("C", "")) if isinstance(fields, dict) else ""
