"""One real PostgreSQL server, standing in for one RDS instance: own directory, own port, TLS, password login over TCP.

Its data is worth nothing, so it runs without fsync. As whom it runs, and from where, is ``cluster``'s to find out.
"""

from __future__ import annotations

import shutil
import signal
import time
from contextlib import closing
from typing import TYPE_CHECKING

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection, identifier, literal

from runbook_lib.errors import EngineError
from runbook_lib.rehearsal import cluster
from runbook_lib.rehearsal.cluster import ADMIN
from runbook_lib.rehearsal.guard import Guarded
from runbook_lib.rehearsal.tls_front import Front

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.rehearsal.certificates import Authority

START_SECONDS = 30.0
SOCKET = ".s.PGSQL.5432"
SETTINGS = {
    "listen_addresses": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "50",
    "shared_buffers": "16MB",
    "dynamic_shared_memory_type": "mmap",  # /dev/shm is tiny in containers
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "io_method": "sync",  # no worker processes
    "log_min_error_statement": "panic",  # a failing statement may hold a password
}
RULES = f"local all {ADMIN} trust\nlocal all all scram-sha-256\n"


class Postgres:
    """A running server.

    Args:
        directory: Where it keeps everything; made here, removed by ``remove``.
        authority: Who signs its certificate.

    Raises:
        EngineError: It could not be set up or started; nothing is left behind.
    """

    def __init__(self, directory: Path, authority: Authority) -> None:
        directory.mkdir(mode=0o700)
        self._directory = directory
        self._data = directory / "data"
        self._process: Guarded | None = None
        self.user = ""
        certificate, private_key = directory / "server.crt", directory / "server.key"
        authority.issue(certificate, private_key)
        self.front = Front(directory / SOCKET, certificate, private_key)
        try:
            self.way = cluster.initialise(directory)
            self._configure()
            self.start()
        except BaseException:
            self.remove()
            raise

    def admit(self, *, user: str, password: str, database: str, force_ssl: bool) -> None:
        """Make the master user and the first database; until then nobody can log in.

        Args:
            user: The master user, as RDS has it: may make roles and databases, is no superuser.
            password: Its password.
            database: The database to make; may be empty.
            force_ssl: Whether connections without TLS are refused (``rds.force_ssl``).
        """
        self.user = user
        self.front.force_ssl = force_ssl
        self._sql(f"CREATE ROLE {identifier(user)} LOGIN CREATEDB CREATEROLE")
        self.set_password(password)
        if database:
            self._sql(f"CREATE DATABASE {identifier(database)} OWNER {identifier(user)}")

    def start(self) -> None:
        """Run it; TCP is on the port that it had before."""
        log = self._directory / "log"
        self._process = Guarded(
            self.way.command(self._directory, "postgres", "-D", str(self._data), "-k", str(self._directory)),
            log=log,
            env=cluster.environment(),
            stop_signal=signal.SIGINT,  # PostgreSQL's "fast": cuts connections, then ends in good order
        )
        deadline = time.monotonic() + START_SECONDS
        while self._process.alive() and time.monotonic() < deadline:
            try:
                self._sql("SELECT 1")
            except (InterfaceError, DatabaseError, OSError):  # not listening yet, or "starting up"
                time.sleep(0.02)
            else:
                self.front.open()
                return
        last = log.read_text(errors="replace").strip().rpartition("\n")[2]
        raise EngineError(f"PostgreSQL did not start: {last}")

    def stop(self) -> None:
        """Stop it, and cut its connections; its data stay."""
        self.front.close()
        if self._process is not None:
            self._process.stop()
            self._process = None

    def remove(self) -> None:
        """Stop it and remove its data."""
        self.stop()
        self.front.end()
        shutil.rmtree(self._directory)

    def set_password(self, password: str) -> None:
        """Change the master user's password."""
        self._sql(f"ALTER ROLE {identifier(self.user)} PASSWORD {literal(password)}")

    def _configure(self) -> None:
        settings = "".join(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        (self._data / "postgresql.auto.conf").write_text(settings, encoding="utf-8")
        (self._data / "pg_hba.conf").write_text(RULES, encoding="utf-8")

    def _sql(self, statement: str) -> None:
        # A Unix socket has no TLS: pg8000 would load the web's authorities before it asks for it all the same.
        with closing(Connection(ADMIN, unix_sock=str(self._directory / SOCKET), ssl_context=False, timeout=10)) as connection:
            connection.run(statement)
