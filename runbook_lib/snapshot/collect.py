"""Reads every part in parallel and keeps what went wrong in the place of what could not be read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from runbook_lib.discovery import load_package
from runbook_lib.snapshot.parts import Snapshot, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs

    Collector = Callable[[Aws, StackOutputs], object]

T = TypeVar("T")
_THREADS = 16
_collectors: dict[type, Collector] = {}


def collects(part: type[T]) -> Callable[[Callable[[Aws, StackOutputs], T]], Callable[[Aws, StackOutputs], T]]:
    """Decorator: this function reads the snapshot's ``part``."""

    def add(collector: Callable[[Aws, StackOutputs], T]) -> Callable[[Aws, StackOutputs], T]:
        if part in _collectors:
            raise ValueError(f"{part.__name__} has two collectors")
        _collectors[part] = collector
        return collector

    return add


def collectors() -> dict[type, Collector]:
    """Every part's collector, from every file of this package."""
    load_package("runbook_lib.snapshot")
    return dict(_collectors)


def take(aws: Aws, outputs: StackOutputs) -> Snapshot:
    """Read the live system; never raises for what AWS answers."""
    todo = collectors()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="snapshot") as pool:
        parts = pool.map(lambda collector: _attempt(collector, aws, outputs), todo.values())
        return Snapshot(outputs, dict(zip(todo, parts, strict=True)))


def _attempt(collector: Collector, aws: Aws, outputs: StackOutputs) -> object:
    from botocore.exceptions import BotoCoreError, ClientError
    from httpx import HTTPError

    try:
        return collector(aws, outputs)
    except ClientError as error:
        return Unreadable(str(error), absent=is_absent(error.response.get("Error", {}).get("Code", "")))
    except (BotoCoreError, HTTPError) as error:
        return Unreadable(f"{type(error).__name__}: {error}")
    except (LookupError, TypeError, ValueError) as error:
        # An answer without the fields AWS documents is no data, whoever sent it.
        return Unreadable(f"{collector.__name__} cannot read the answer: {type(error).__name__}: {error}")


def is_absent(code: str) -> bool:
    """Whether an AWS error code says that the resource named is not there, e.g. ``NoSuchBucket``, ``DBInstanceNotFound``."""
    plain = code.removesuffix("Exception").removesuffix("Fault")
    return plain.endswith(("NotFound", ".NotFound")) or plain.startswith("NoSuch") or plain == "404"
