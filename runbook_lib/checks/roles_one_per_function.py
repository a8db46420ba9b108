"""Each function has a role of its own that only Lambda can take on."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.functions import Functions
from runbook_lib.snapshot.iam import Roles


@check(requirement=("A2",), title="One role per function, assumed by Lambda only")
def roles_one_per_function(snapshot: Snapshot) -> Judgements:
    """A role shared by two functions has the rights of both."""
    for function, role in zip(snapshot.read(Functions).both(), snapshot.read(Roles).both(), strict=True):
        trusted = {who for statement in role.trust for who in statement.principals if statement.allows}
        yield judge(
            role.name,
            ok=function.role_arn == role.arn and trusted == {"lambda.amazonaws.com"},
            good=f"{function.name} has the role {role.name}, which only Lambda assumes.",
            bad=f"{function.name} has {function.role_arn}; {role.name} is assumed by {sorted(trusted) or 'nobody'}.",
            remedy="Give the function its own role, trusting lambda.amazonaws.com only (deploy again).",
        )
    arns = {role.arn for role in snapshot.read(Roles).both()}
    yield judge(
        ", ".join(sorted(arns)),
        ok=len(arns) == len(snapshot.read(Roles).both()),
        good="The functions do not share a role.",
        bad=f"The functions share the role {', '.join(arns)}.",
        remedy="Give each function its own role (deploy again).",
    )
