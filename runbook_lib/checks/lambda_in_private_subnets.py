"""The functions stand in the private subnets, behind their own security group."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.functions import Functions


@check(requirement=("A1", "N3"), title="Functions stand in the private subnets")
def lambda_in_private_subnets(snapshot: Snapshot) -> Judgements:
    """In all of them, so that a zone's failure leaves two thirds."""
    outputs = snapshot.outputs
    for function in snapshot.read(Functions).both():
        yield judge(
            function.name,
            ok=set(function.subnet_ids) == set(outputs.private_subnet_ids)
            and function.security_group_ids == (outputs.lambda_security_group_id,),
            good=f"{function.name} stands in the private subnets behind {outputs.lambda_security_group_id}.",
            bad=f"{function.name} stands in {list(function.subnet_ids)} behind {list(function.security_group_ids)}.",
            remedy="Correct its VPC configuration (deploy again).",
        )
