"""What a person reads: one line for every step that does something, then messages, outputs and a summary."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.serialize import masked_json
from runbook_lib.rehearsal.engine.urn import STACK_TYPE, Urn, is_default_provider

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.events import EventStream
    from runbook_lib.rehearsal.engine.state import Resource
    from runbook_lib.rehearsal.engine.steps import Step
    from runbook_lib.rehearsal.engine.values import Properties

SIGNS = {
    "create": "+ ", "update": "~ ", "delete": "- ", "replace": "+-", "create-replacement": "++", "delete-replaced": "--",
    "read": "> ", "refresh": "~ ", "import": "= ", "import-replacement": "=>", "read-replacement": ">>",
    "discard": "< ", "discard-replaced": "<<", "same": "  ", "remove-pending-replace": "~ ",
}  # fmt: skip
# Operation -> while it runs, when it is done, in a preview.
WORDS = {
    "create": ("creating", "created", "create"),
    "update": ("updating", "updated", "update"),
    "delete": ("deleting", "deleted", "delete"),
    "replace": ("replacing", "replaced", "replace"),
    "create-replacement": ("creating replacement", "created replacement", "create replacement"),
    "delete-replaced": ("deleting original", "deleted original", "delete original"),
    "read": ("reading", "read", "read"),
    "refresh": ("refreshing", "refreshed", "refresh"),
    "import": ("importing", "imported", "import"),
    "discard": ("discarding", "discarded", "discard"),
    "discard-replaced": ("discarding original", "discarded original", "discard original"),
}
TITLES = {
    "update": ("Updating", "Previewing update"),
    "destroy": ("Destroying", "Previewing destroy"),
    "refresh": ("Refreshing", "Previewing refresh"),
    "resource-import": ("Importing", "Previewing import"),
}


class Display:
    """Writes to standard output, line by line.

    Args:
        kind: The operation, as the history names it.
        stack: The stack's name.
        events: Where the events come from, for times and counts.
        suppress_outputs: Leave the stack's outputs out.
        suppress_progress: Leave the lines for steps out.
    """

    def __init__(self, kind: str, stack: str, events: EventStream, *, suppress_outputs: bool, suppress_progress: bool) -> None:
        self._events = events
        self._planning = events.planning
        self._suppress_outputs = suppress_outputs
        self._suppress_progress = suppress_progress
        self._messages: dict[str, list[str]] = {}
        _write(f"{TITLES[kind][int(self._planning)]} ({stack}):\n\n")

    def __call__(self, event: dict[str, Any], step: Step | None) -> None:
        """Show an event, or keep a message for the end."""
        if message := event.get("diagnosticEvent"):
            if message["severity"] != "debug" and not message.get("ephemeral"):
                text = message.get("prefix", "") + message["message"]
                self._messages.setdefault(message.get("urn", ""), []).append(text)
            return
        if step is None or self._suppress_progress or is_default_provider(step.urn) or step.op == "same":
            return
        if "resourcePreEvent" in event and self._planning:
            self._line(step, WORDS.get(step.op, (step.op,) * 3)[2])
        elif "resourcePreEvent" in event:
            self._line(step, f"{WORDS.get(step.op, (step.op,) * 3)[0]} (0s)")
        elif "resOpFailedEvent" in event:
            self._line(step, f"**{WORDS.get(step.op, (step.op,) * 3)[0]} failed**")
        elif "resOutputsEvent" in event and not self._planning:
            seconds = time.monotonic() - self._events.step_time.get(id(step), time.monotonic())
            self._line(step, f"{WORDS.get(step.op, (step.op,) * 3)[1]} ({seconds:.2f}s)")

    def _line(self, step: Step, words: str) -> None:
        why = f" [diff: ~{','.join(step.diff.changed)}]" if step.diff and step.diff.changed else ""
        parts = Urn.parse(step.urn)
        _write(f" {SIGNS.get(step.op, '  ')} {parts.type} {parts.name} {words}{why}\n")

    def finish(self, root: Resource | None, before: Properties, *, succeeded: bool) -> None:
        """Show messages, outputs and the summary."""
        if self._messages:
            _write("\nDiagnostics:\n")
            for urn, texts in self._messages.items():
                parts = Urn.parse(urn) if urn else None
                _write(f"  {parts.type} ({parts.name}):\n" if parts else f"  {STACK_TYPE}:\n")
                for line in "".join(texts).splitlines():
                    _write(f"    {line}\n")
                _write("\n")
        outputs = root.outputs if root else {}
        if (outputs or before) and not self._suppress_outputs:
            _write("\nOutputs:\n")
            for line in output_lines(before, outputs):
                _write(f"{line}\n")
        self._summary(succeeded=succeeded)

    def _summary(self, *, succeeded: bool) -> None:
        changes = dict(self._events.changes)
        unchanged = changes.pop("same", 0)
        _write("\nResources:\n")
        for op, count in sorted(changes.items()):
            words = WORDS.get(op, (op,) * 3)
            _write(f"    {SIGNS.get(op, '  ')}{count} {'to ' + words[2] if self._planning else words[1]}\n")
        if len(changes) > 1 or (changes and "replace" in changes):
            _write(f"    {sum(changes.values())} changes. {unchanged} unchanged\n")
        elif unchanged:
            _write(f"    {unchanged} unchanged\n")
        if self._events.errors or not succeeded:  # a program may complain and come to its end all the same
            _write(f"    {max(1, self._events.errors)} errored\n")
        if not self._planning:
            _write(f"\nDuration: {max(1, round(self._events.elapsed()))}s\n")
        _write("\n")


def output_lines(before: Properties, after: Properties) -> list[str]:
    """The stack's outputs, with what changed marked; secrets are blinded."""
    lines = []
    width = max((len(key) for key in (*before, *after)), default=0)
    for key in sorted(before.keys() | after.keys()):
        old, new = (json.dumps(masked_json(side.get(key), ciphertext=False), ensure_ascii=False)
                    for side in (before, after))  # fmt: skip
        if key not in before:
            lines.append(f"  + {key:<{width}}: {new}")
        elif key not in after:
            lines.append(f"  - {key:<{width}}: {old}")
        elif old != new:
            lines.append(f"  ~ {key:<{width}}: {old} => {new}")
        else:
            lines.append(f"    {key:<{width}}: {new}")
    return lines


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
