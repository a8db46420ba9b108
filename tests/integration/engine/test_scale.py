"""The benchmark still measures what it says; how long that takes is no test's business."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "bench" / "scale.py"


def test_the_benchmark_runs() -> None:
    done = subprocess.run([sys.executable, SCRIPT, "2", "4"], capture_output=True, text=True, check=True, cwd="/")
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [row[0] for row in rows] == ["2", "4"]
    assert all(float(number) > 0 for row in rows for number in row[1:4])
