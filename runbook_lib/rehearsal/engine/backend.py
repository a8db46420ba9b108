"""Pulumi's file backend: `<url>/.pulumi/stacks/<project>/<stack>.json` and its history, backups and locks."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from runbook_lib.rehearsal.engine.errors import EngineError, StackNotFoundError, UsageError
from runbook_lib.rehearsal.engine.version import VERSION
from runbook_lib.rehearsal.engine.yaml_io import write_atomically

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.project import Project

ORGANIZATION = "organization"
KNOWN_FEATURES = frozenset({"hooks", "refreshBeforeUpdate", "replaceWith", "taint"})
"""What a deployment of version 4 may use and is read here (Pulumi 3.260)."""
MAGIC = "7dff0d166258e7f1d265e8e044021ea087795d58a0c6415ab6fe8b7c790e447f"  # SHA-256 of the word "Pulumi", roughly


def utc_now() -> str:
    """The time as Pulumi writes it: RFC 3339, UTC, nanoseconds."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{nanoseconds:09d}Z"


def manifest() -> dict[str, str]:
    """Who wrote a deployment, and when."""
    return {"time": utc_now(), "magic": MAGIC, "version": VERSION}


def refuse_unknown_format(data: dict[str, Any], what: str) -> None:
    """Refuse a deployment that this engine would read wrongly.

    Args:
        data: With its `version`, and from 4 on its `features`: version 4 is 3 and those.
        what: What it is, for the error.

    Raises:
        EngineError: if it is of another version, or uses what this engine does not know.
    """
    version, strange = data.get("version"), sorted(set(data.get("features") or ()) - KNOWN_FEATURES)
    if version not in {3, 4}:
        raise EngineError(f"{what} is of version {version}; this engine knows 3 and 4")
    if version == 4 and strange:  # noqa: PLR2004 - the deployment format's version
        raise EngineError(f"{what} uses {', '.join(strange)}, which is outside the embedded engine; use the real pulumi command")


def home() -> Path:
    """Where the command keeps what is the user's: `PULUMI_HOME`, else `~/.pulumi`."""
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")


class Backend:
    """A folder of stacks.

    Args:
        url: A `file://` address; `file://~` is the home folder.

    Raises:
        UsageError: for any other kind of backend.
    """

    def __init__(self, url: str) -> None:
        if not url.startswith("file:"):
            raise UsageError(
                f"the embedded engine keeps state in the file backend only, not in {urlsplit(url).scheme or url}:…; "
                "set PULUMI_BACKEND_URL=file:///some/folder"
            )
        self.url = url
        path = unquote(url.removeprefix("file:").removeprefix("//").split("?")[0]) or "~"
        self.folder = Path(path).expanduser().resolve() / ".pulumi"

    @classmethod
    def of(cls, project: Project | None) -> Backend:
        """The backend in force: the environment's, else the project's, else `file://~`."""
        return cls(os.environ.get("PULUMI_BACKEND_URL") or (project.backend_url if project else "") or "file://~")

    def stack(self, project: str, name: str) -> StoredStack:
        """A stack by name, which may be written `organization/project/stack`."""
        parts = name.split("/")
        if len(parts) > 1 and parts[0] != ORGANIZATION:
            raise UsageError(f"the file backend has one organization, '{ORGANIZATION}'; the stack name was {name!r}")
        if len(parts) == 3:  # noqa: PLR2004 - organization, project, stack
            project = parts[1]
        return StoredStack(self, project, parts[-1])

    def stacks(self, project: str | None = None) -> list[StoredStack]:
        """All stacks, or one project's."""
        files = sorted((self.folder / "stacks").glob(f"{project or '*'}/*.json"))
        return [StoredStack(self, file.parent.name, file.stem) for file in files]


@dataclass(frozen=True)
class StoredStack:
    """One stack's files."""

    backend: Backend
    project: str
    name: str

    @property
    def full_name(self) -> str:
        """The name with organization and project."""
        return f"{ORGANIZATION}/{self.project}/{self.name}"

    @property
    def file(self) -> Path:
        """The checkpoint."""
        return self.backend.folder / "stacks" / self.project / f"{self.name}.json"

    def folder(self, kind: str) -> Path:
        """Where this stack's `history` or `backups` are."""
        return self.backend.folder / kind / self.project / self.name

    @property
    def locks(self) -> Path:
        """Where this stack's locks are."""
        return self.backend.folder / "locks" / ORGANIZATION / self.project / self.name

    def exists(self) -> bool:
        """Whether the backend holds this stack."""
        return self.file.exists()

    def require(self) -> StoredStack:
        """This stack.

        Raises:
            StackNotFoundError: if the backend does not hold it.
        """
        if not self.exists():
            raise StackNotFoundError(f"no stack named '{self.name}' found")
        return self

    def checkpoint(self) -> dict[str, Any]:
        """The deployment of the checkpoint, as JSON data.

        Raises:
            EngineError: if the file is damaged or of a version this engine does not know.
        """
        try:
            data = json.loads(self.file.read_bytes())
        except ValueError as error:
            raise EngineError(f"could not read the checkpoint {self.file}: {error}") from error
        refuse_unknown_format(data, f"the checkpoint {self.file}")
        return dict(data["checkpoint"].get("latest") or {})

    def salt(self) -> str:
        """The salt of the passphrase in the checkpoint; empty if there is none."""
        provider = self.checkpoint().get("secrets_providers") or {} if self.exists() else {}
        if provider and provider.get("type") != "passphrase":
            raise EngineError(
                f"stack '{self.name}' keeps its secrets with '{provider.get('type')}'; "
                "the embedded engine knows the passphrase provider only"
            )
        return str((provider.get("state") or {}).get("salt") or "")

    def write(self, *latest: bytes) -> None:
        """Replace the checkpoint atomically by a deployment, in parts; the one before is kept beside it as `.bak`."""
        meta = self.backend.folder / "meta.yaml"
        if not meta.exists():
            write_atomically(meta, b"version: 1\n")
        backup = self.file.with_name(f"{self.file.name}.bak")
        with contextlib.suppress(FileNotFoundError):
            staged = self.file.with_name(f".{backup.name}.{os.getpid()}")
            with contextlib.suppress(FileNotFoundError):
                staged.unlink()
            os.link(self.file, staged)
            staged.replace(backup)
        stack = json.dumps(self.full_name).encode()
        write_atomically(self.file, b'{"version":3,"checkpoint":{"stack":%b,"latest":' % stack, *latest, b"}}")

    def remove(self) -> None:
        """Remove the stack's files: checkpoint, its backup and its history."""
        import shutil

        for suffix in ("", ".attrs", ".bak", ".bak.attrs"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.rmtree(self.folder("history"), ignore_errors=True)
