"""A live system to break: what mutations work with, and how its state is read again part by part."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from runbook_lib.checks.registry import CHECKS
from runbook_lib.results import Finding, Status, now
from runbook_lib.snapshot import Snapshot, collect
from runbook_lib.snapshot.drift import Drift
from runbook_lib.snapshot.probe import Bench

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integration.mutations.deployment import Deployed

    from runbook_lib.outputs import StackOutputs


@dataclass
class Live:
    """The deployed system, with the snapshot of its healthy state."""

    deployed: Deployed
    healthy: Snapshot
    outputs: StackOutputs

    def client(self, service: str) -> Any:
        """A boto3 client in this world."""
        return self.deployed.aws.client(service)

    def read(self, parts: tuple[type, ...]) -> Snapshot:
        """The healthy snapshot with these parts read anew, turn by turn as ``snapshot.take`` does."""
        known, seen = collect.collectors(), dict(self.healthy.parts)
        with ThreadPoolExecutor(len(parts)) as pool:
            for turn in collect.Turn:
                due = [part for part in parts if part in known and known[part].turn is turn]
                read = [known[part].read for part in due]
                seen |= zip(due, pool.map(self._attempt, read), strict=True)
        if Drift in parts:
            seen[Drift] = self.deployed.drift()
        return Snapshot(self.outputs, seen, now(), judged=self.healthy.judged)

    def _attempt(self, read: Callable[..., object]) -> object:
        return collect._attempt(read, self.deployed.aws, self.outputs)

    def pretend(self, **outputs: Any) -> Callable[[], object]:
        """Let the outputs name something else; gives how to undo it."""
        before, self.outputs = self.outputs, self.outputs.model_copy(update=outputs)
        return partial(setattr, self, "outputs", before)

    def bench(self) -> Bench:
        """For requests and questions outside the snapshot's own."""
        return Bench(self.deployed.aws, self.deployed.outputs)


@dataclass(frozen=True)
class Mutation:
    """One way to break the live system, and what must be said about it.

    Attributes:
        check: The check that must fail.
        parts: The parts of the snapshot that show it.
        break_: Breaks the system, and gives how to mend it.
        says: A piece of the failing sentence: that it fails for this reason and no other.
        also: Checks that rightly see the same break → why.
    """

    check: str
    parts: tuple[type, ...]
    break_: Callable[[Live], Callable[[], object]]
    says: str
    also: Mapping[str, str] = field(default_factory=dict)


def failing(system: Snapshot) -> dict[str, list[Finding]]:
    """Every check that does not pass, with its findings that are to blame."""
    found: dict[str, list[Finding]] = {}
    for finding in CHECKS.run(system):
        if finding.status is not Status.PASS:
            found.setdefault(finding.check, []).append(finding)
    return found


def swap(call: Callable[..., object], bad: Mapping[str, Any], good: Mapping[str, Any], **common: Any) -> Callable[[], object]:
    """Call with ``bad`` now, and with ``good`` to mend it."""
    call(**common, **bad)
    return partial(call, **common, **good)


def reversal(do: Callable[..., object], undo: Callable[..., object], **arguments: Any) -> Callable[[], object]:
    """Do now, and undo with the same arguments to mend it."""
    do(**arguments)
    return partial(undo, **arguments)


def after(*mends: Callable[[], object]) -> Callable[[], object]:
    """Several steps of mending, in this order."""

    def mend() -> None:
        for one in mends:
            one()

    return mend


def rewritten(live: Live, function: str, path: str, old: str, new: str) -> Callable[[], object]:
    """Swap a function's package for one with another piece of source; gives how to swap it back."""
    client = live.client("lambda")
    original = httpx.get(client.get_function(FunctionName=function)["Code"]["Location"], trust_env=False).content
    edited = _edited(original, path, old, new)
    return settled(live, function, client.update_function_code, {"ZipFile": edited}, {"ZipFile": original})


def settled(
    live: Live, function: str, call: Callable[..., object], bad: Mapping[str, Any], good: Mapping[str, Any]
) -> Callable[[], object]:
    """``swap`` for a function, which takes a moment to run what it was given."""
    waiter = live.client("lambda").get_waiter("function_updated_v2")

    def update(**arguments: Any) -> None:
        call(FunctionName=function, **arguments)
        waiter.wait(FunctionName=function, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})

    return swap(update, bad, good)


def _edited(package: bytes, path: str, old: str, new: str) -> bytes:
    changed, out = 0, io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == path:
                changed += content.count(old.encode())
                content = content.replace(old.encode(), new.encode())
            target.writestr(name, content)
    assert changed == 1, f"{old!r} is {changed} times in {path}: the mutation has to follow the program"
    return out.getvalue()
