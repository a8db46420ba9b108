"""No output gives a secret away."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.apigateway import ApiKey


@check(requirement=("O2", "D3"), title="Outputs hold no secret")
def outputs_hold_no_secret(snapshot: Snapshot) -> Judgements:
    """They name the API key by its id and the master secret by its ARN; values are read where they are kept."""
    outputs, key = snapshot.outputs, snapshot.read(ApiKey)
    yield judge(
        key.name,
        ok=not key.in_outputs,
        good=f"No output holds the value of {key.name}.",
        bad=f"An output holds the value of {key.name}.",
        remedy="Remove the output, and make a new key: the value is in the state's history.",
    )
    yield judge(
        "master_secret_arn",
        ok=outputs.master_secret_arn.startswith("arn:"),
        good="The outputs name the master secret by its ARN.",
        bad="Output master_secret_arn is no ARN.",
        remedy="Export the secret's ARN, and rotate the secret.",
    )
