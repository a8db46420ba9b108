"""The functions are told where the secret is, never what it is."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.functions import Functions, secrets_in_clear


@check(requirement=("D3",), title="Functions get the secret's ARN, not its value")
def lambda_gets_secret_arn_only(snapshot: Snapshot) -> Judgements:
    """A variable whose name speaks of a secret may hold nothing but an ARN."""
    arn = snapshot.outputs.master_secret_arn
    for function in snapshot.read(Functions).both():
        leaks = secrets_in_clear(function.environment)
        yield judge(
            function.name,
            ok=arn in function.environment.values() and not leaks,
            good=f"{function.name} knows the master secret by its ARN.",
            bad=f"{function.name} holds values in {leaks} or does not know {arn}.",
            remedy="Pass the secret's ARN and rotate the secret that was in clear.",
        )
