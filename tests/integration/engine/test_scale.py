"""The benchmark still measures what it says; how long that takes is no test's business."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integration.engine.bench import Bench

SCRIPT = Path(__file__).parents[2] / "bench" / "scale.py"


def test_the_benchmark_runs() -> None:
    done = subprocess.run([sys.executable, SCRIPT, "2", "4"], capture_output=True, text=True, check=True, cwd="/")
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [row[0] for row in rows] == ["2", "4"]
    assert all(float(number) > 0 for row in rows for number in row[1:4])


def test_a_program_is_run_so_that_it_may_grow(embedded: Bench) -> None:
    """Its outputs are listened to once each, and its objects seldom searched for garbage, however its process was started."""
    embedded.program(
        "import gc\n"
        "from pulumi.runtime import stack\n"
        'pulumi.export("wait", stack.wait_for_rpcs.__module__)\n'
        'pulumi.export("threshold", list(gc.get_threshold()))\n'
    )
    outputs = embedded.stack().up().outputs
    assert outputs["wait"].value == "awaiting"
    usual = subprocess.run(
        [sys.executable, "-c", "import gc; print(*gc.get_threshold())"], capture_output=True, text=True, check=True
    )
    young, middle, old = map(int, usual.stdout.split())
    assert outputs["threshold"].value == [young, middle, 5 * old]
