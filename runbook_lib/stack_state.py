"""A digest of the stack's state, cheap enough to be taken before and after each step that changes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from runbook_lib import canonical, settings
from runbook_lib.errors import RecordError

if TYPE_CHECKING:
    from runbook_lib.engine import Engine
    from runbook_lib.run import Run


def digest(run: Run, engine: Engine) -> str:
    """The SHA-256 of the stack's state.

    The same deployment gives the same digest, whenever it is asked; secrets are in it as ciphertext. Pulumi's own files are read
    where the backend is a folder, which needs no process; from any other backend the stack is exported.

    Returns:
        The digest; empty where the backend holds no such stack yet.

    Raises:
        RecordError: The backend's file cannot be read.
        EngineError: The export failed.
    """
    if (path := _checkpoint(run)) is None:
        if not (run.workspace / "Pulumi.yaml").exists():
            return ""
        return of_deployment({"resources": engine.resources()})
    try:
        latest = json.loads(path.read_bytes())["checkpoint"].get("latest") or {}
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError) as error:
        raise RecordError(f"The state in {path} cannot be read: {error}") from error
    return of_deployment(latest)


def of_deployment(deployment: dict[str, Any]) -> str:
    """The digest of a deployment (format 3): of what it holds and is in the middle of, not of when and by which version; pure."""
    told = {name: deployment.get(name) or [] for name in ("resources", "pending_operations")}
    return canonical.digest(told)


def _checkpoint(run: Run) -> Path | None:
    """The file that a folder as backend keeps the stack in; ``None`` where the stack is kept otherwise."""
    backend = run.facts.backend
    if not backend.startswith("file:"):
        return None
    folder = Path(unquote(backend.removeprefix("file:").removeprefix("//").split("?")[0]) or "~").expanduser()
    stacks, name = run.workspace / folder / ".pulumi" / "stacks", f"{run.facts.environment}.json"
    path = stacks / str(settings.project()["name"]) / name
    others = [path.with_name(f"{name}.gz"), stacks / name, stacks / f"{name}.gz"]  # compressed, or of a backend of old
    return None if any(other.exists() for other in others) else path
