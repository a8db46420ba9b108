"""X-Ray follows a payment from the API into the function."""

from __future__ import annotations

from runbook_lib.gates.registry import GateContext, Judgements, Plan, gate, judge, resources


@gate(requirement=("A1", "P1", "O1"), title="Stages and functions are traced by X-Ray")
def stages_and_functions_are_traced(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """Both have it off unless told otherwise."""
    for op in resources(plan, "aws:apigateway/stage:Stage", "aws:lambda/function:Function"):
        mode = op.inputs.get("tracingConfig", {}).get("mode")
        yield judge(
            op.name,
            ok=mode == "Active" or op.inputs.get("xrayTracingEnabled") is True,
            good=f"{op.name} is traced.",
            bad=f"{op.name} ({op.type}) is not traced.",
            remedy="Set tracingConfig.mode to Active, or xrayTracingEnabled.",
        )
