"""Whether Pulumi has the AWS plugin that the program was written for: none is downloaded while steps run."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from runbook_lib import engine
from runbook_lib.results import Finding, Status
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 30
"""What listing the plugins may take; it takes a fraction of one."""


def findings(kind: EngineKind, *, emulated: bool) -> Iterator[Finding]:
    """What the CLI on PATH has, where its own plugin is what will run: a rehearsal brings one.

    Raises:
        UsageError: There is no CLI, or it is too old.
    """
    if emulated or kind is not EngineKind.PULUMI:
        return
    command = engine.command(kind)
    try:
        done = subprocess.run(
            [command.command, "plugin", "ls", "--json"], capture_output=True, text=True, timeout=SECONDS, check=True
        )
        installed = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        said = getattr(error, "stderr", "") or str(error)
        yield _finding(Status.UNKNOWN, f"Pulumi does not say which plugins it has: {said}", "pulumi plugin ls --json")
        return
    yield judged(str(command.version), installed, version("pulumi-aws"), shutil.which("pulumi-resource-aws") or "")


def judged(cli: str, installed: list[dict[str, Any]], wanted: str, on_path: str) -> Finding:
    """Whether the version is there that the SDK asks for; a plugin on PATH is taken before any other, whatever its version.

    Args:
        cli: The CLI's version.
        installed: What ``pulumi plugin ls --json`` lists.
        wanted: The SDK's version.
        on_path: Where a plugin is on PATH; empty where none is.
    """
    if on_path:
        return _finding(Status.PASS, f"Pulumi {cli} takes the plugin on PATH, {on_path}.")
    here = sorted(str(each.get("version")) for each in installed if (each["kind"], each["name"]) == ("resource", "aws"))
    if wanted in here:
        return _finding(Status.PASS, f"Pulumi {cli} has the aws plugin {wanted}.")
    listed = f"only {', '.join(here)}" if here else "none at all"
    message = f"Pulumi {cli} lacks the aws plugin {wanted} ({listed}), and none is downloaded while steps run."
    return _finding(Status.FAIL, message, f"pulumi plugin install resource aws {wanted}")


def _finding(status: Status, message: str, remedy: str = "") -> Finding:
    return Finding(check="plugin_installed", requirement=(), status=status, resource="pulumi", message=message, remedy=remedy)
