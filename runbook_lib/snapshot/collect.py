"""Reads every part in parallel and keeps what went wrong in the place of what could not be read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from httpx import HTTPError

from runbook_lib.discovery import load_package
from runbook_lib.results import now
from runbook_lib.snapshot.parts import Snapshot, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs

    Collector = Callable[[Aws, StackOutputs], object]

T = TypeVar("T")
_THREADS = 16
_collectors: dict[type, Collector] = {}
_last: set[type] = set()


def collects(
    part: type[T], *, last: bool = False
) -> Callable[[Callable[[Aws, StackOutputs], T]], Callable[[Aws, StackOutputs], T]]:
    """Decorator: this function reads the snapshot's ``part``.

    Args:
        part: The part's class.
        last: Whether it runs after all others: it takes away what they worked with.
    """

    def add(collector: Callable[[Aws, StackOutputs], T]) -> Callable[[Aws, StackOutputs], T]:
        if part in _collectors:
            raise ValueError(f"{part.__name__} has two collectors")
        _collectors[part] = collector
        if last:
            _last.add(part)
        return collector

    return add


def collectors() -> dict[type, Collector]:
    """Every part's collector, from every file of this package."""
    load_package("runbook_lib.snapshot")
    return dict(_collectors)


def take(aws: Aws, outputs: StackOutputs) -> Snapshot:
    """Read the live system; never raises for what AWS answers."""
    todo, taken, parts = collectors(), now(), dict[type, object]()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="snapshot") as pool:
        for batch in (todo.keys() - _last, _last):
            order = sorted(batch, key=lambda part: part.__name__)
            parts |= zip(order, pool.map(lambda part: _attempt(todo[part], aws, outputs), order), strict=True)
    return Snapshot(outputs, parts, taken)


def _attempt(collector: Collector, aws: Aws, outputs: StackOutputs) -> object:
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
    """Whether an AWS error code says that what was named is not there, e.g. ``NoSuchBucket``."""
    plain = code.removesuffix("Exception").removesuffix("Fault")
    return plain.endswith("NotFound") or plain.startswith("NoSuch") or plain == "404"
