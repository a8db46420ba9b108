"""No password is planned in clear: RDS makes and keeps the master password, and functions get its ARN."""

from __future__ import annotations

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Plan, gate, judge, resources
from runbook_lib.snapshot.functions import secrets_in_clear


@gate(requirement=("D3",), title="Master credentials are never in the plan")
def secrets_stay_out(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """Even a masked ``password`` would be in Pulumi's state."""
    for op in resources(plan, "aws:rds/instance:Instance"):
        yield judge(
            op.name,
            ok=op.inputs.get("manageMasterUserPassword") is True and not {"password", "passwordWo"} & set(op.inputs),
            good=f"RDS manages the master password of {op.name}.",
            bad=f"{op.name} is given a master password, or does not have RDS manage it.",
            remedy="Set manageMasterUserPassword and leave password out.",
        )
    for op in resources(plan, "aws:lambda/function:Function"):
        variables = op.inputs.get("environment", {}).get("variables", {})
        leaks = secrets_in_clear({name: str(value) for name, value in variables.items() if value != COMPUTED})
        yield judge(
            op.name,
            ok=not leaks,
            good=f"{op.name} is given no secret in clear.",
            bad=f"{op.name} is given values in {', '.join(leaks)}.",
            remedy="Pass the secret's ARN.",
        )
