"""The database version the plan asks for can be created."""

from __future__ import annotations

from runbook_lib.gates.registry import GateContext, Judgements, Plan, gate, judge, resources


@gate(requirement=("D1", "F1"), title="The database version is offered by RDS")
def engine_version_offered(plan: Plan, context: GateContext) -> Judgements:
    """F1 is the first of the six failures. A major alone (``14``) would leave the choice to the day of the deployment."""
    when = f" on {context.as_of}" if context.as_of else ""
    for op in resources(plan, "aws:rds/instance:Instance"):
        version = str(op.inputs.get("engineVersion", ""))
        yield judge(
            op.name,
            ok=version in context.allowed_versions,
            good=f"{op.name} asks for {version}, which RDS offers{when}.",
            bad=f"{op.name} asks for {version or 'no version'}; RDS offers {', '.join(sorted(context.allowed_versions))}{when}.",
            remedy="Run 01_version_discovery and plan with the version it chooses.",
        )
