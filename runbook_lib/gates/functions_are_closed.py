"""Functions are invoked by whom the plan names, never by everybody."""

from __future__ import annotations

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, known_later, resources
from runbook_lib.snapshot.conditions import narrows

PERMISSION = "aws:lambda/permission:Permission"
URL = "aws:lambda/functionUrl:FunctionUrl"
LAYER = "aws:lambda/layerVersionPermission:LayerVersionPermission"
INVITING = (PERMISSION, LAYER)
"""Types that say in ``principal`` who gets in."""
NARROWING = {
    "principalOrgId": "aws:PrincipalOrgID",
    "organizationId": "aws:PrincipalOrgID",
    "sourceAccount": "aws:SourceAccount",
    "sourceArn": "aws:SourceArn",
}
"""The inputs that say for whom, as the conditions that AWS makes of them."""


@gate(requirement=("A2",), title="No function can be invoked by everybody")
def functions_are_closed(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """A service's permission names for whom it acts: without that, any account can have it act (AWS: confused deputy)."""
    for op in resources(plan, PERMISSION, URL, LAYER):
        if not isinstance(op.inputs.get("principal", ""), str):
            yield known_later(op, ["principal"])  # a secret: what is only not known yet, 03 looks at
            continue
        wrong = _wrong(op)
        yield judge(
            op.name,
            ok=not wrong,
            good=f"{op.name} says who may invoke its function.",
            bad=f"{op.name} ({op.type}) {wrong}.",
            remedy="Name who may invoke it: a role, an account, or for a service the source that it acts for.",
        )


def _wrong(op: Operation) -> str:
    if op.type == URL:
        return "" if op.inputs.get("authorizationType") == "AWS_IAM" else "asks for no authentication"
    principal = str(op.inputs.get("principal", ""))
    said = {key: op.inputs[name] for name, key in NARROWING.items() if op.inputs.get(name)}
    if COMPUTED in said.values() or narrows({"StringLike": said}):
        return ""
    if "*" in principal:
        return "lets everybody in"
    return f"lets {principal} in, for whomever it acts" if principal.endswith((".amazonaws.com", ".amazonaws.com.cn")) else ""
