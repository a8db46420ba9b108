"""A project in a temporary folder, driven through the Automation API on one engine or the other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi.automation as auto

from runbook_lib import forked

HERE = Path(__file__).parent
EMBEDDED_ROOT = HERE.parents[2] / "runbook_lib" / "rehearsal"
NOT_RUN = "NOT RUN: no pulumi CLI on PATH, nor in RUNBOOK_TEST_PULUMI_ROOT"
PREFIX = "urn:pulumi:dev::conf::"


def real_root() -> Path | None:
    """The folder above the real command's `bin`, if there is a real command."""
    if root := os.environ.get("RUNBOOK_TEST_PULUMI_ROOT"):
        return Path(root)
    found = shutil.which("pulumi")
    if not found or Path(found).resolve().is_relative_to(EMBEDDED_ROOT):
        return None
    return Path(found).resolve().parent.parent


def urn(kind: str, name: str) -> str:
    """The URN of a resource of the bench's stack."""
    return f"{PREFIX}{kind}::{name}"


def thing(name: str) -> str:
    """The URN of a thing without a parent component."""
    return urn("conformance:index:Thing", name)


class Bench:
    """One project with a stack `dev`.

    Args:
        folder: An empty folder.
        root: The root of the command to use: `<root>/bin/pulumi`.
        nursery: Where the embedded engine's processes are forked; empty starts them the ordinary way.
    """

    def __init__(self, folder: Path, root: Path, nursery: str = "") -> None:
        self.folder = folder
        self.root = root
        self.nursery = nursery
        self.project = folder / "project"
        self.things = folder / "things"
        for path in (self.project, self.things, folder / "state", folder / "home"):
            path.mkdir(exist_ok=True)
        shutil.copy(HERE / "programs" / "things.py", self.project)
        self.settings(
            {
                "name": "conf",
                "runtime": "python",
                "plugins": {"providers": [{"name": "conformance", "path": str(HERE / "provider")}]},
            }
        )

    def settings(self, data: dict[str, Any]) -> None:
        """Write Pulumi.yaml (JSON is YAML)."""
        (self.project / "Pulumi.yaml").write_text(json.dumps(data))

    def on(self, root: Path) -> Bench:
        """The same project and state on another engine."""
        return Bench(self.folder, root, self.nursery)

    @property
    def environment(self) -> dict[str, str]:
        """What a command of this bench sees."""
        return {
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "CONFORMANCE_DIR": str(self.things),
            "RUNBOOK_PYTHON": sys.executable,
            **({forked.SOCKET_VARIABLE: self.nursery} if self.nursery else {}),
            "PATH": os.pathsep.join([str(self.root / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]),
        }

    def program(self, text: str) -> None:
        """Write the program."""
        header = "import pulumi\nfrom pulumi import ResourceOptions as Opts\nfrom things import Box, Thing\n"
        (self.project / "__main__.py").write_text(header + text)
        # Python tells a changed file by its second and its size, and a test changes three letters in less.
        shutil.rmtree(self.project / "__pycache__", ignore_errors=True)

    def stack(self) -> auto.Stack:
        """The stack, made if need be."""
        workspace = auto.LocalWorkspace(
            work_dir=str(self.project),
            env_vars=self.environment,
            pulumi_command=auto.PulumiCommand(root=str(self.root)),
        )
        return auto.Stack.create_or_select("dev", workspace)

    def command(
        self, *arguments: str, text: str | None = None, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the command itself."""
        return subprocess.run(
            [str(self.root / "bin" / "pulumi"), "--non-interactive", *arguments],
            cwd=self.project,
            env={**os.environ, **self.environment, **(environment or {})},
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """What the provider was asked to do since the last time, in order."""
        log = self.things / "calls.log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.write_text("")
        return [line for line in lines if not line.startswith("configure")]

    def alive(self) -> list[str]:
        """Names of the things that exist, sorted."""
        return sorted(path.stem.rsplit("-", 1)[0] for path in self.things.glob("*.json"))

    def thing_file(self, name: str) -> Path:
        """The file of the one thing with a name."""
        (file,) = self.things.glob(f"{name}-*.json")
        return file

    def deployment(self) -> dict[str, Any]:
        """The deployment, as the state file has it."""
        data = json.loads((self.folder / "state/.pulumi/stacks/conf/dev.json").read_text())
        return dict(data["checkpoint"]["latest"])

    def rows(self) -> list[dict[str, Any]]:
        """The deployment's rows in their order; a resource that waits to be deleted has one too."""
        return list(self.deployment().get("resources", []))

    def resources(self) -> dict[str, dict[str, Any]]:
        """The deployment's rows by URN."""
        return {row["urn"]: row for row in self.rows()}
