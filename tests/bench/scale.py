"""What an update of many cheap resources costs on the embedded engine: time, CPU, and the most memory that a process has.

Usage: ``python tests/bench/scale.py [COUNT ...]`` (1000 3000 5000 by default), from anywhere; prints a table and the ratios.
Not a test: times differ from machine to machine and from hour to hour, ratios of one run hardly do.
"""

# ruff: noqa: T201 - it is for a terminal

from __future__ import annotations

import os
import resource
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]
from integration.engine.bench import EMBEDDED_ROOT, Bench  # noqa: E402 - found by the path above

SETTLED = 0.05
"""Seconds between two looks at the processes."""


@dataclass
class Cost:
    """What one update cost: wall-clock and CPU seconds, and the most memory (MiB) that any of its processes had."""

    wall: float
    cpu: float
    largest: float


class Watcher:
    """Looks at the memory of this process's descendants until it is told to end."""

    def __init__(self) -> None:
        self.largest = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._ended.is_set():
            for child in me.children(recursive=True):
                try:
                    self.largest = max(self.largest, child.memory_info().rss / 2**20)
                except psutil.NoSuchProcess:
                    continue
            self._ended.wait(SETTLED)

    def end(self) -> float:
        self._ended.set()
        self._thread.join()
        return self.largest


def measure(count: int) -> Cost:
    """Create ``count`` resources that depend on nothing."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), EMBEDDED_ROOT)
        bench.program(f'for number in range({count}):\n    Thing(f"thing-{{number}}", value=number)\n')
        bench.stack()
        watcher, before, began = Watcher(), _cpu(), time.monotonic()
        done = bench.command("up", "--yes", "--skip-preview", "--stack", "dev")
        wall, cpu, largest = time.monotonic() - began, _cpu() - before, watcher.end()
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(bench.alive()) == count
    return Cost(wall, cpu, largest)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(counts: list[int]) -> None:
    """Measure, and print as it goes."""
    os.environ.pop("RUNBOOK_REHEARSAL_NURSERY", None)
    first: Cost | None = None
    print(f"{'resources':>9} {'wall s':>8} {'CPU s':>8} {'MiB':>6}   against the first")
    for count in counts:
        cost = measure(count)
        first = first or cost
        print(
            f"{count:>9} {cost.wall:>8.1f} {cost.cpu:>8.1f} {cost.largest:>6.0f}   "
            f"wall {cost.wall / first.wall:.2f}, CPU {cost.cpu / first.cpu:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [1000, 3000, 5000])
