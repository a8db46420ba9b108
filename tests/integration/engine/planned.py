"""A plan that was saved, and an update that is held to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pulumi.automation.errors import CommandError

if TYPE_CHECKING:
    from integration.engine.bench import Bench


class Planned:
    """A stack with a first program deployed, and a plan of a second one."""

    def __init__(self, bench: Bench, first: str, planned: str) -> None:
        self.bench = bench
        self.plan = bench.folder / "plan.json"
        self.stack = bench.stack()
        if first:
            bench.program(first)
            self.stack.up()
        bench.program(planned)
        self.stack.preview(plan=str(self.plan))
        bench.calls()

    def apply(self, program: str = "") -> str:
        """Update, held to the plan; the errors that were shown, one a line."""
        if program:
            self.bench.program(program)
        said: list[str] = []

        def listen(event: Any) -> None:
            if event.diagnostic_event and event.diagnostic_event.severity == "error":
                said.append(event.diagnostic_event.message.strip())

        try:
            self.stack.up(plan=str(self.plan), on_event=listen)
        except CommandError as error:
            assert error.args  # noqa: PT017 - that it failed is what is told
            return "\n".join(said) or "failed without a word"
        return ""

    def resource(self, urn: str) -> dict[str, Any]:
        """What the plan has of a resource."""
        return dict(json.loads(self.plan.read_text())["resourcePlans"][urn])
