"""A step's surroundings in memory: a run with earlier results, an engine that answers what it is told, an AWS that does too."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx

from runbook_lib.aws import Aws, Target
from runbook_lib.engine_events import Done, Outcome
from runbook_lib.errors import NoPlansError
from runbook_lib.plan import Plan
from runbook_lib.results import Finding, Status, StepResult
from runbook_lib.run import Run, RunFacts
from runbook_lib.settings import EngineKind
from runbook_lib.steps.step import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 11, 24, tzinfo=UTC)
STACK = "urn:pulumi:staging::payments"


def resource(type_: str, name: str, op: str = "create", old: dict[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    """A step's metadata as Pulumi announces it."""
    options = {name: inputs.pop(name) for name in ("protect", "retainOnDelete") if name in inputs}
    return {
        "op": op,
        "urn": f"{STACK}::{type_}::{name}",
        "type": type_,
        "provider": f"{STACK}::pulumi:providers:aws::aws::id",
        "new": None if op == "delete" else {"parent": "", "inputs": inputs, **options},
        "old": None if op == "create" else {"parent": "", "inputs": old or {}},
        "diffs": sorted(key for key in inputs if (old or {}).get(key) != inputs[key]) if op in {"update", "replace"} else None,
    }


def outcome(*steps: dict[str, Any], outputs: dict[str, Any] | None = None) -> Outcome:
    """What an operation comes to that announced and did these."""
    done = tuple(Done(op=step["op"], urn=step["urn"], type=step["type"], seconds=1.0) for step in steps)
    return Outcome(plan=Plan.of(steps), done=done, warnings=(), outputs=outputs or {})


class FakeRun(Run):
    """A run whose earlier steps left these data."""

    def __init__(self, directory: Path, data: dict[str, dict[str, Any]], endpoint: str | None = "http://127.0.0.1:1") -> None:
        facts = RunFacts.model_construct(
            run="20261124T000000Z-abcdef",
            environment="staging",
            rehearsal=endpoint is not None,
            engine=EngineKind.EMBEDDED,
            target=Target(region="us-east-1", endpoint=endpoint),
            backend="file:///x",
            reason="test",
            operator="nobody",
            caller="nobody",
            commit="",
            parameters={},
        )
        super().__init__(directory, facts)
        self._data = data

    def passed(self, step: str) -> StepResult:
        """The result of a step that passed."""
        good = Finding(check="a_check", requirement=(), status=Status.PASS, resource="r", message="It is.")
        return StepResult(step=step, started=NOW, finished=NOW, parameters={}, findings=(good,), data=self._data[step])


class FakeEngine:
    """Plays ``Engine``; what was asked of it, in order, is in ``asked``.

    A plan that it shall save is ``saves``, where it saves any; the plan that it was held to last is in ``held_to``.
    """

    def __init__(self, saves: bytes | None = b"{}", **answers: Any) -> None:
        self._answers, self._saves = answers, saves
        self.asked: list[str] = []
        self.held_to: bytes | None = None
        self.refreshed = False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self._answers:
            raise AttributeError(name)

        def answer(save: Path | None = None, plan: Path | None = None, *, refresh: bool = False) -> Any:
            if (save or plan) and self._saves is None:
                raise NoPlansError("this command takes no saved plans")
            if save and self._saves is not None:
                save.write_bytes(self._saves)
            self.held_to, self.refreshed = plan.read_bytes() if plan else None, refresh
            self.asked.append(name)
            found = self._answers[name]
            if isinstance(found, BaseException):
                raise found
            return found.pop(0) if isinstance(found, list) and found and isinstance(found[0], list) else found

        return answer


class FakeAws:
    """Plays ``Aws``: functions answer or raise ``invoked``; ``listed`` is what the tagging API lists; clients are given."""

    def __init__(self, *, invoked: Any = None, listed: list[str] | BaseException | None = None, **clients: Any) -> None:
        self.target = Target(region="us-east-1", endpoint="http://127.0.0.1:1")
        self._invoked, self._listed, self._clients = invoked, listed or [], clients
        self.invocations: list[str] = []

    def invoke(self, function: str, _payload: dict[str, Any]) -> Any:
        """Answer for a function."""
        self.invocations.append(function)
        if isinstance(self._invoked, BaseException):
            raise self._invoked
        return self._invoked

    def pages(self, *_: str, **_filters: Any) -> Iterator[dict[str, Any]]:
        """What carries the tags."""
        if isinstance(self._listed, BaseException):
            raise self._listed
        yield from ({"ResourceARN": arn} for arn in self._listed)

    def http(self, **_: Any) -> httpx.Client:
        """What the emulator says of its catalogue."""
        about = {"source": "a record", "region": "us-east-1", "as_of": "2026-10-20"}
        return httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=about)))

    def client(self, service: str) -> Any:
        """The client that the test made."""
        return self._clients[service]


def context(run: Run, engine: FakeEngine, aws: FakeAws | None = None) -> Context:
    """The three as a step gets them."""
    return Context(run, cast("Aws", aws or FakeAws()), cast("Any", engine))


def judged(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    """Findings by check."""
    return {finding.check: finding for finding in findings}
