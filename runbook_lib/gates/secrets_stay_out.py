"""No password is planned in clear: RDS makes and keeps the master password, functions get its ARN, and no text holds another."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_lib.credentials import credentials, passwords, variables
from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, resources
from runbook_lib.secret_names import is_secret_name
from runbook_lib.signatures import SIGNATURE
from runbook_lib.snapshot.functions import secrets_in_clear


@gate(requirement=("D3",), title="Credentials are never in the plan")
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
    planned = [op for op in plan.operations if op.op != "delete" and not op.type.startswith("pulumi:")]
    for op in planned:
        named = {name: value for name, value in variables(op.inputs) if value != COMPUTED}
        kept = [name for name, value in named.items() if SIGNATURE in value]  # Pulumi was told, whatever it is called
        leaks = sorted({*secrets_in_clear(named), *kept})
        if leaks or op.type == "aws:lambda/function:Function":
            yield judge(
                op.name,
                ok=not leaks,
                good=f"{op.name} is given no secret in clear.",
                bad=f"{op.name} is given values in {', '.join(leaks)}.",
                remedy="Pass the secret's ARN.",
            )
    for op in planned:
        given = sorted({*passwords(op.inputs), *_plain_parameter(op)})
        held = sorted({f"{path} ({kind})" for path, kind in credentials(op.inputs)})
        if op.type != "aws:rds/instance:Instance" and given:
            yield judge(
                op.name,
                ok=False,
                good="",
                bad=f"{op.name} ({op.type}) is given {', '.join(given)}.",
                remedy="Have AWS make and keep it (manageMasterUserPassword and the like), or name the secret that holds it.",
            )
        if held:
            yield judge(
                op.name,
                ok=False,
                good="",
                bad=f"{op.name} ({op.type}) holds what looks like a credential in {', '.join(held)}.",
                remedy="Keep it in Secrets Manager and pass the secret's ARN; if it is none, write it otherwise.",
            )


def _plain_parameter(op: Operation) -> Iterator[str]:
    """A parameter whose name speaks of a secret, and whose type keeps its value in clear."""
    plain = op.type == "aws:ssm/parameter:Parameter" and op.inputs.get("type") != "SecureString"
    if plain and is_secret_name(str(op.inputs.get("name", op.name))) and not str(op.inputs.get("value", "")).startswith("arn:"):
        yield "value in clear (type is not SecureString)"
