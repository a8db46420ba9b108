"""`preview --json`: the digest of a preview, as the real command prints it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.state import FIELDS, resource_to_json
from runbook_lib.rehearsal.engine.urn import STACK_TYPE, is_default_provider
from runbook_lib.rehearsal.engine.values import masked

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.state import Resource
    from runbook_lib.rehearsal.engine.steps import Step


class PreviewDigest:
    """Collects events until the end of a preview.

    Args:
        suppress_outputs: Leave the stack's outputs out.
    """

    def __init__(self, *, suppress_outputs: bool) -> None:
        self._suppress_outputs = suppress_outputs
        self._steps: list[dict[str, Any]] = []
        self._refreshing: set[str] = set()
        self._data: dict[str, Any] = {}
        self._diagnostics: list[dict[str, str]] = []

    def __call__(self, event: dict[str, Any], step: Step | None) -> None:
        """Take an event in."""
        if config := event.get("preludeEvent"):
            self._data["config"] = config["config"]
        elif message := event.get("diagnosticEvent"):
            if message["severity"] != "debug" and not message.get("ephemeral"):
                urn = {"urn": message["urn"]} if message.get("urn") else {}
                text = message.get("prefix", "") + message["message"]
                self._diagnostics.append({**urn, "message": text, "severity": message["severity"]})
        elif "resourcePreEvent" in event and step is not None and self._shown(step):
            if step.op == "refresh":
                self._refreshing.add(step.urn)
            self._steps.append(self._row(step, step.op))
        elif "resOutputsEvent" in event and step is not None and step.urn in self._refreshing:
            if step.result in {"update", "delete"}:
                self._steps = [self._row(step, step.result) if row["urn"] == step.urn else row for row in self._steps]
        elif summary := event.get("summaryEvent"):
            self._data["changeSummary"] = summary["resourceChanges"]

    @staticmethod
    def _shown(step: Step) -> bool:
        if step.state.type == STACK_TYPE:
            return True
        if is_default_provider(step.urn):
            return False
        if step.op == "same":
            return step.old is not None and step.new is not None and step.old.protect != step.new.protect
        return step.logical

    def _row(self, step: Step, op: str) -> dict[str, Any]:
        row: dict[str, Any] = {"op": op, "urn": step.urn}
        if step.state.provider:
            row["provider"] = step.state.provider
        if step.old is not None:
            row["oldState"] = self._state(step.old)
        if step.new is not None:
            row["newState"] = self._state(step.new)
        diff = step.diff
        if diff and diff.changed:
            row["diffReasons"] = diff.changed
        if diff and diff.replaces and op != "update":
            row["replaceReasons"] = diff.replaces
        detailed = (diff and diff.detailed) or None
        row["detailedDiff"] = detailed and {
            path: {"kind": item.kind, "inputDiff": item.input_diff} for path, item in detailed.items()
        }
        return row

    def _state(self, resource: Resource) -> dict[str, Any]:
        shown = resource.copy()
        shown.inputs, shown.outputs = masked(resource.inputs), masked(resource.outputs)
        shown.unknown_fields = {}
        if self._suppress_outputs and resource.type == STACK_TYPE:
            shown.inputs, shown.outputs = {}, {}
        row = resource_to_json(shown, None)
        return {key: row[key] for key in FIELDS.values() if key in row}

    def text(self, seconds: float) -> str:
        """The digest as JSON text; the duration is in nanoseconds."""
        data: dict[str, Any] = {"config": self._data["config"]} if self._data.get("config") else {}
        if self._steps:
            data["steps"] = self._steps
        if self._diagnostics:
            data["diagnostics"] = self._diagnostics
        data["duration"] = int(seconds * 1e9)
        if self._data.get("changeSummary"):
            data["changeSummary"] = self._data["changeSummary"]
        return json.dumps(data, indent=4, ensure_ascii=False)
