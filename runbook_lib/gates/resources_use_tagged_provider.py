"""Every AWS resource goes through the one provider that tags, and what goes elsewhere is named."""

from __future__ import annotations

import json

from runbook_lib.documented import INWARD
from runbook_lib.gates.registry import GateContext, Judgements, Operation, Plan, gate, judge, resources
from runbook_lib.judgement import unknown

PROVIDER = "pulumi:providers:aws"
TAGS = {"Environment", "MigrationDate"}

INDIRECT = (
    "aws:cloudcontrol/resource:", "aws:cloudformation/stack", "aws:elasticbeanstalk/environment:",
    "aws:serverlessrepository/cloudFormationStack:", "aws:servicecatalog/provisionedProduct:",
)  # fmt: skip
"""Types of AWS that make others by a description of their own: no gate reads it, and no tag of the provider is on them."""


@gate(requirement=("T1",), title="Every AWS resource uses the tagged provider")
def resources_use_tagged_provider(plan: Plan, context: GateContext) -> Judgements:
    """A resource that missed the explicit provider gets the default one, and with it no tags.

    The gates know pulumi-aws. Of what another provider does in a cloud or on this machine, none of them can say anything.
    """
    tagged = {op.urn for op in plan.operations if op.type == PROVIDER and _tags(op, context.environment) >= TAGS}
    planned = list(resources(plan))
    astray = sorted(op.urn for op in planned if op.provider.rpartition("::")[0] not in tagged)
    beside = [op for op in plan.operations if op.op != "delete" and op.provider and not op.type.startswith(("aws:", "pulumi:"))]
    for op in (*beside, *planned):
        indirect = op.type.startswith(INDIRECT)
        if indirect or (op in beside and op.type.partition(":")[0] not in INWARD):
            yield unknown(
                op.name,
                f"{op.name} ({op.type}) {'makes what' if indirect else 'is of a provider that'} no gate reads.",
                "Read for yourself what it does; make it with pulumi-aws, or in a program of its own.",
            )
    inward = sorted({op.type for op in beside if op.type.partition(":")[0] in INWARD})
    yield judge(
        f"{len(planned)} resources",
        ok=bool(planned) and not astray,
        good=f"All {len(planned)} AWS resources use the tagged provider"
        f"{'; not judged, for they reach nothing outside of the state: ' + ', '.join(inward) if inward else ''}.",
        bad=f"{len(astray)} of {len(planned)} AWS resources miss the tagged provider: {', '.join(astray) or 'none planned'}.",
        remedy="Give them parent=self, or the provider itself.",
    )


def _tags(provider: Operation, environment: str) -> set[str]:
    """The default tags that have a value; none if they name another environment."""
    settings = provider.inputs.get("defaultTags", {})
    # A provider's nested settings travel as JSON text.
    tags = (json.loads(settings) if isinstance(settings, str) else settings).get("tags", {})
    return {key for key, value in tags.items() if value} if tags.get("Environment") == environment else set()
