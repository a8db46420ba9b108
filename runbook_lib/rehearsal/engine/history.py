"""What was done to a stack: one `.history.json` per update, with a copy of the checkpoint beside it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.version import VERSION
from runbook_lib.rehearsal.engine.yaml_io import write_atomically

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.backend import StoredStack


@dataclass
class Update:
    """One operation on a stack.

    Args:
        kind: `update`, `refresh`, `destroy` or `resource-import`.
        message: The user's `--message`.
        config: The stack's configuration entries, ciphertext as it is.
        start: When it began, in whole seconds since 1970, UTC.
        environment: Facts about the run, as Pulumi names them.
    """

    kind: str
    message: str
    config: dict[str, Any]
    start: int = field(default_factory=lambda: int(time.time()))
    environment: dict[str, str] = field(default_factory=dict)

    def record(self, stack: StoredStack, *, succeeded: bool, changes: dict[str, int]) -> None:
        """Write the update to the history, back the checkpoint up."""
        entry = {
            "kind": self.kind,
            "startTime": self.start,
            "message": self.message,
            "environment": {
                "exec.kind": "embedded",
                "pulumi.arch": platform.machine(),
                "pulumi.os": platform.system().lower(),
                "pulumi.version": VERSION,
                **self.environment,
            },
            "config": dict(sorted(self.config.items())),
            "version": 0,
            "result": "succeeded" if succeeded else "failed",
            "endTime": int(time.time()),
            "resourceChanges": changes,
        }
        stamp = time.time_ns()
        prefix = stack.folder("history") / f"{stack.name}-{stamp}"
        write_atomically(prefix.with_name(f"{prefix.name}.history.json"), json.dumps(entry).encode())
        shutil.copy2(stack.file, prefix.with_name(f"{prefix.name}.checkpoint.json"))
        if os.environ.get("PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS", "") not in {"1", "true"}:
            backups = stack.folder("backups")
            backups.mkdir(parents=True, exist_ok=True)
            shutil.copy2(stack.file, backups / f"{stack.name}.{stamp}.json")


def entries(stack: StoredStack, *, page_size: int = 0, page: int = 1) -> list[dict[str, Any]]:
    """The history, newest first."""
    files = sorted(stack.folder("history").glob("*.history.json"), reverse=True)
    if page_size:
        files = files[(max(page, 1) - 1) * page_size :][:page_size]
    return [json.loads(file.read_bytes()) for file in files]


def iso(seconds: int) -> str:
    """A time as the Automation API parses it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))
