"""Which stack a command is about: `--stack`, `PULUMI_STACK`, or the one selected last in this project."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.backend import Backend, StoredStack, home
from runbook_lib.rehearsal.engine.config import StackConfig
from runbook_lib.rehearsal.engine.errors import StackNotFoundError
from runbook_lib.rehearsal.engine.project import Project, load_project
from runbook_lib.rehearsal.engine.yaml_io import write_atomically

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Selection:
    """A project, its backend and one of its stacks.

    Args:
        project: The project.
        backend: Where its stacks are.
        stack: The stack; it need not exist.
        config_file: What `--config-file` says.
    """

    project: Project
    backend: Backend
    stack: StoredStack
    config_file: str | None = None

    @cached_property
    def config(self) -> StackConfig:
        """The stack's configuration."""
        file = self.project.stack_file(self.stack.name, self.config_file)
        return StackConfig(file, self.project, self.stack.salt())


def select(stack: str | None, config_file: str | None = None) -> Selection:
    """Find what a command is about.

    Raises:
        StackNotFoundError: if no stack is named and none is selected.
    """
    project = load_project()
    backend = Backend.of(project)
    name = stack or os.environ.get("PULUMI_STACK") or current(project, backend)
    if not name:
        raise StackNotFoundError("no stack selected; please use `pulumi stack select` or `pulumi stack init`")
    return Selection(project, backend, backend.stack(project.name, name), config_file)


def current(project: Project, backend: Backend) -> str:
    """The stack selected last; empty if there is none."""
    file = _workspace_file(project)
    if not file.exists():
        return ""
    data = json.loads(file.read_bytes())
    return str((data.get("stacks") or {}).get(backend.url) or data.get("stack") or "")


def remember(project: Project, backend: Backend, stack: str) -> None:
    """Select a stack; empty selects none."""
    file = _workspace_file(project)
    data = json.loads(file.read_bytes()) if file.exists() else {}
    stacks = {**(data.get("stacks") or {}), backend.url: stack}
    data["stacks"] = {url: name for url, name in stacks.items() if name}
    write_atomically(file, json.dumps(data, indent=4).encode())


def _workspace_file(project: Project) -> Path:
    digest = hashlib.sha1(str(project.file).encode()).hexdigest()  # noqa: S324 - Pulumi's file name, not security
    return home() / "workspaces" / f"{project.name}-{digest}-workspace.json"
