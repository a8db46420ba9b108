"""What the checkout that runs holds: its commit, and a digest of what differs from it."""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

from runbook_lib import settings

if TYPE_CHECKING:
    from pathlib import Path


def code() -> dict[str, str]:
    """``commit`` and ``diff``.

    Returns:
        ``commit`` is the git commit, ``-dirty`` appended when files differ from it; ``diff`` the SHA-256 of what differs: the
        binary diff against the commit, then name and content of each file that git neither tracks nor ignores. Both are
        empty outside git, ``diff`` also when nothing differs.
    """
    home = settings.home()
    head = _git(home, "rev-parse", "HEAD").decode().strip()
    if not head or not _git(home, "status", "--porcelain"):
        return {"commit": head, "diff": ""}
    return {"commit": f"{head}-dirty", "diff": _difference(home)}


def _difference(home: Path) -> str:
    found = hashlib.sha256(_git(home, "diff", "HEAD", "--binary", "--no-ext-diff", "--no-textconv", "--no-color"))
    top = home / _git(home, "rev-parse", "--show-cdup").decode().strip()
    for name in sorted(_git(top, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0")[:-1]):
        found.update(b"\0" + name + b"\0")
        path = top / name.decode(errors="surrogateescape")
        if path.is_file():
            with path.open("rb") as file:
                found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()


def _git(folder: Path, *arguments: str) -> bytes:
    """What git prints; nothing where there is no git, or no repository."""
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return b""
