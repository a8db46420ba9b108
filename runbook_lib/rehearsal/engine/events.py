"""Engine events, in the shape of Pulumi's `apitype`: numbered, stamped, secrets blinded, one at a time to every sink."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runbook_lib.rehearsal.engine.steps import Step

    Sink = Callable[[dict[str, Any], Step | None], None]

SHORTEST_SECRET = 3  # as the real command: masking shorter texts would garble everything
PREFIXES = {"error": "error: ", "warning": "warning: ", "debug": "debug: "}


class EventStream:
    """Where the parts of the engine say what happens.

    Args:
        planning: Whether this is a preview.
        secrets: Texts that no message may show.
    """

    def __init__(self, *, planning: bool, secrets: Iterable[str] = ()) -> None:
        self.planning = planning
        self.changes: Counter[str] = Counter()
        self.errors = 0
        self.step_time: dict[int, float] = {}
        self._secrets = sorted((text for text in secrets if len(text) >= SHORTEST_SECRET), key=len, reverse=True)
        self._sinks: list[Sink] = []
        self._lock = threading.Lock()
        self._sequence = 0
        self._start = time.monotonic()

    def attach(self, sink: Sink) -> None:
        """Send all further events to a sink too; the step, if there is one, comes along."""
        self._sinks.append(sink)

    def emit(self, kind: str, payload: dict[str, Any], step: Step | None = None) -> None:
        """Send one event."""
        with self._lock:
            event = {"sequence": self._sequence, "timestamp": int(time.time()), kind: payload}
            self._sequence += 1
            for sink in self._sinks:
                sink(event, step)

    def mask(self, text: str) -> str:
        """A text without the secrets of the configuration."""
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text

    def prelude(self, config: dict[str, str]) -> None:
        """The run begins, with this configuration (secrets blinded)."""
        self.emit("preludeEvent", {"config": config})

    def diagnostic(self, severity: str, message: str, urn: str = "", *, stream: int = 0, ephemeral: bool = False) -> None:
        """A message for the user: severity `debug`, `info`, `info#err`, `warning` or `error`."""
        if severity == "error":
            self.errors += 1
        payload: dict[str, Any] = {"message": f"{self.mask(message).rstrip()}\n", "color": "never", "severity": severity}
        extra = {"urn": urn, "prefix": PREFIXES.get(severity, ""), "streamID": stream, "ephemeral": ephemeral}
        self.emit("diagnosticEvent", {**{key: value for key, value in extra.items() if value}, **payload})

    def before(self, step: Step) -> None:
        """A step begins."""
        self.step_time[id(step)] = time.monotonic()
        self.emit("resourcePreEvent", self._metadata(step, step.op), step)

    def after(self, step: Step) -> None:
        """A step is done, or its outputs are known now."""
        self.emit("resOutputsEvent", self._metadata(step, step.result or step.op), step)

    def failed(self, step: Step) -> None:
        """A step failed."""
        self.emit("resOpFailedEvent", {**self._metadata(step, step.op), "status": 2, "steps": 1}, step)

    def count(self, step: Step) -> None:
        """Count a step that is done."""
        if step.counted:
            with self._lock:
                self.changes[step.result or step.op] += 1

    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._start

    def summary(self, *, succeeded: bool) -> None:
        """The run is over."""
        self.emit(
            "summaryEvent",
            {
                "maybeCorrupt": False,
                "durationSeconds": round(self.elapsed()),
                "resourceChanges": dict(sorted(self.changes.items())),
                "PolicyPacks": {},
                "isPreview": self.planning,
                "result": "succeeded" if succeeded else "failed",
            },
        )

    def end(self) -> None:
        """No more events."""
        self.emit("cancelEvent", {})

    def _metadata(self, step: Step, op: str) -> dict[str, Any]:
        planning = {"planning": True} if self.planning else {}
        return {"metadata": step.metadata(op), **planning}
