"""The command line as a user calls it, with evidence in a folder of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from runbook_lib.aws import Aws
from runbook_lib.run import Run

ROOT = Path(__file__).parents[2]
WAIT = 180.0
"""Seconds anything here may take before it counts as hanging."""


@dataclass
class Runbook:
    """``runbook`` with its own outputs folder and an environment that says nothing of AWS."""

    outputs: Path
    home: Path = ROOT
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")  # nothing may go through it
        ours = {"RUNBOOK_OUTPUTS": str(self.outputs), "RUNBOOK_HOME": str(self.home), "COLUMNS": "200"}
        ours["RUNBOOK_PRICES"] = str(ROOT / "tests" / "recorded_prices")  # so that renewed prices move no sum here
        return {**os.environ, **nowhere, **ours}

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "runbook_lib", *arguments],
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.outputs.parent,
        )
        self.processes.append(process)
        return process

    def __call__(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Exit code and everything it printed."""
        process = self.start(*arguments, **environment)
        printed, _ = process.communicate(timeout=WAIT)
        return process.returncode, printed

    def run(self) -> Run:
        """The newest run."""
        newest = max(self.outputs.glob("*/*/run.json"))
        return Run.open(newest.parent)

    def wait_for(self, event: str, **facts: Any) -> dict[str, Any]:
        """Wait until the newest run's ledger holds an event with these facts."""
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            for path in self.outputs.glob("*/*/ledger.jsonl"):
                for line in path.read_bytes().splitlines():
                    found = json.loads(line)
                    if found["event"] == event and facts.items() <= found.items():
                        return dict(found)
            time.sleep(0.05)
        raise TimeoutError(f"no {event} {facts}")

    def wait_until_deploying(self) -> None:
        """Wait until 03_deploy has made the first of its many resources."""
        self.wait_for("step.started", step="03_deploy")
        ec2, deadline = Aws(self.run().facts.target).client("ec2"), time.monotonic() + WAIT
        while all(vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"]):
            assert time.monotonic() < deadline, "03_deploy makes nothing"
            time.sleep(0.05)


@pytest.fixture
def runbook(tmp_path: Path) -> Runbook:
    """A runbook whose outputs nobody else writes to."""
    (tmp_path / "outputs").mkdir()
    return Runbook(tmp_path / "outputs")


def of_this_rehearsal(runbook: Runbook) -> list[str]:
    """Command lines of processes that belong to a rehearsal under these outputs: what may not survive it."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ", "status"]):
        environ = process.info["environ"] or {}
        ours = environ.get("RUNBOOK_OUTPUTS") == str(runbook.outputs)
        if ours and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(" ".join(process.info["cmdline"] or ()))
    return found
