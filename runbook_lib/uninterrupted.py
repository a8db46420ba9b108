"""Letting work that must not be abandoned half-way come to its end, even when the operator presses Ctrl-C."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

WORK_VARIABLE = "RUNBOOK_WORK"
"""Set in the environment of processes that have a state to save: asked to stop, they are given the time for it."""


def to_its_end(operation: Callable[[], T]) -> T:
    """Run an operation in a thread of its own, and wait for its end even when interrupted.

    Who interrupts this process interrupts the ``pulumi`` it started, too, which then finishes what is in flight and saves
    its state. It must be listened to meanwhile: it would die of a closed pipe with nothing saved.

    Raises:
        KeyboardInterrupt: This process was interrupted, and the operation has ended.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        running, interrupted = pool.submit(operation), False
        while not running.done():
            try:
                wait([running])
            except KeyboardInterrupt:
                interrupted = True
    if interrupted:
        raise KeyboardInterrupt from running.exception()
    return running.result()
