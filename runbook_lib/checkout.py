"""What the checkout that runs holds: its commit, and a digest of what differs from it."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

from runbook_lib import settings

if TYPE_CHECKING:
    from pathlib import Path

NO_COMMIT = "(initial)"
"""What git calls the commit of a repository that has none."""


def code() -> dict[str, str]:
    """``commit`` and ``diff``.

    Returns:
        ``commit`` is the git commit, ``-dirty`` appended when files differ from it; ``diff`` the SHA-256 of what differs: the
        binary diff against the commit, then name and content of each file that git neither tracks nor ignores. Both are
        empty outside git, ``diff`` also when nothing differs.
    """
    home = settings.home()
    # One call: it is asked before every step.
    told = _git(home, "status", "--porcelain=v2", "--branch", "--no-ahead-behind", "--no-renames", "--untracked-files=all", "-z")
    lines = told.split(b"\0")[:-1]
    head = next((line.split()[-1].decode() for line in lines if line.startswith(b"# branch.oid ")), "")
    differing = [line for line in lines if not line.startswith(b"# ")]
    if not differing or head == NO_COMMIT:
        return {"commit": "" if head == NO_COMMIT else head, "diff": ""}
    untracked = sorted(line.removeprefix(b"? ") for line in differing if line.startswith(b"? "))
    return {"commit": f"{head}-dirty", "diff": _difference(home, untracked)}


def _difference(home: Path, untracked: list[bytes]) -> str:
    found = hashlib.sha256(_git(home, "diff", "HEAD", "--binary", "--no-ext-diff", "--no-textconv", "--no-color"))
    top = home / _git(home, "rev-parse", "--show-cdup").decode().strip() if untracked else home
    for name in untracked:
        found.update(b"\0" + name + b"\0")
        path = top / name.decode(errors="surrogateescape")
        if path.is_file():
            with path.open("rb") as file:
                found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()


def _git(folder: Path, *arguments: str) -> bytes:
    """What git prints; nothing where there is no git, or no repository."""
    quiet = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}  # it would write what it learned into the checkout
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True, env=quiet).stdout
    except (OSError, subprocess.CalledProcessError):
        return b""
