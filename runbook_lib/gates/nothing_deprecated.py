"""No deprecated class, property or function of pulumi-aws is used."""

from __future__ import annotations

from runbook_lib.gates.registry import GateContext, Judgements, Plan, gate, judge, resources
from runbook_lib.gates.sdk import deprecations


@gate(requirement=("F2",), title="No deprecated resource class, property or function")
def nothing_deprecated(plan: Plan, context: GateContext) -> Judgements:
    """F2 is the second of the six failures: Pulumi is silent about deprecated inputs, and only warns of functions."""
    for warning in context.warnings:
        if "deprecat" in warning.lower():
            yield judge(
                "the program",
                ok=False,
                good="",
                bad=f"Pulumi warns: {warning}",
                remedy="Use what the warning names instead.",
            )
    planned = list(resources(plan))
    for op in planned:
        for path, message in deprecations(op.type, op.inputs):
            yield judge(
                op.name,
                ok=False,
                good="",
                bad=f"{op.name} ({op.type}) uses the deprecated {path or 'class'}.",
                remedy=message,
            )
    yield judge(
        f"{len(planned)} resources",
        ok=bool(planned),
        good=f"The classes and properties of {len(planned)} resources were looked up in pulumi-aws.",
        bad="The plan holds no AWS resource to look up.",
        remedy="Plan again; a plan without resources shows nothing.",
    )
