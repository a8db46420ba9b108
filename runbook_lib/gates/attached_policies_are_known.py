"""Policies that a plan attaches are those it makes, or those of AWS that are known to allow little."""

from __future__ import annotations

import re
from collections.abc import Iterable

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Plan, gate, judge, resources, texts
from runbook_lib.judgement import unknown
from runbook_lib.plan import GENERATED

ATTACHING = {"policyArn", "policyArns", "managedPolicyArn", "managedPolicyArns"}
POLICY = "aws:iam/policy:Policy"
TOO_MUCH = re.compile(r"Admin|PowerUser|Full_?Access|(?:Read|View)Only|job-function/")
LITTLE = frozenset(
    {
        "AmazonEC2ContainerRegistryPullOnly", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess",
        "service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaVPCAccessExecutionRole",
        "service-role/AmazonECSTaskExecutionRolePolicy", "service-role/AmazonRDSEnhancedMonitoringRole",
    }
)  # fmt: skip
"""AWS's own policies that only let a service write logs, metrics and traces, attach to a network or pull images (AWS Managed
Policy Reference Guide). What any other allows stands in no plan, and AWS changes it."""


@gate(requirement=("A2",), title="Attached policies are known to allow little")
def attached_policies_are_known(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """What the plan itself makes, ``grants_are_narrow`` reads; a permissions boundary grants nothing."""
    planned = list(resources(plan))
    own = [(op.name, str(op.inputs.get("name", GENERATED))) for op in planned if op.type == POLICY]
    attached = [(op, arn) for op in planned for name in sorted(ATTACHING & op.inputs.keys()) for arn in texts(op.inputs[name])]
    for op, arn in attached:
        kept, _, name = arn.partition(":policy/")
        if ":aws:" in arn and TOO_MUCH.search(arn):
            yield judge(
                op.name,
                ok=False,
                good="",
                bad=f"{op.name} ({op.type}) attaches {arn}.",
                remedy="Write a policy of the actions that are needed and what they act on.",
            )
        elif arn != COMPUTED and name not in (LITTLE if kept.endswith(":aws") else ()) and not _made(own, name):
            yield unknown(
                op.name,
                f"{op.name} ({op.type}) attaches {arn}, which the plan does not make: nobody here can tell what it allows.",
                "Write the policy in the program, so that it can be read.",
            )
    yield judge(
        f"{len(attached)} attachments",
        ok=bool(planned),
        good=f"The plan attaches {len(attached)} policies that are not written where they are used.",
        bad="The plan holds no AWS resource.",
        remedy="Plan again; a plan without resources shows nothing.",
    )


def _made(own: Iterable[tuple[str, str]], name: str) -> bool:
    """Whether the plan makes a policy of this name, a path before it aside."""
    last = name.rpartition("/")[2]
    return any(last == known or (known == GENERATED and re.fullmatch(rf"{re.escape(n)}-[0-9a-f]{{7}}", last)) for n, known in own)
