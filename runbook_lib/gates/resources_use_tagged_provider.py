"""Every AWS resource goes through the one provider that tags."""

from __future__ import annotations

import json

from runbook_lib.gates.registry import GateContext, Judgements, Operation, Plan, gate, judge, resources

PROVIDER = "pulumi:providers:aws"
TAGS = {"Environment", "MigrationDate"}


@gate(requirement=("T1",), title="Every AWS resource uses the tagged provider")
def resources_use_tagged_provider(plan: Plan, context: GateContext) -> Judgements:
    """A resource that missed the explicit provider gets the default one, and with it no tags."""
    tagged = {op.urn for op in plan.operations if op.type == PROVIDER and _tags(op, context.environment) >= TAGS}
    planned = list(resources(plan))
    astray = sorted(op.urn for op in planned if op.provider.rpartition("::")[0] not in tagged)
    yield judge(
        f"{len(planned)} resources",
        ok=bool(planned) and not astray,
        good=f"All {len(planned)} AWS resources use the tagged provider.",
        bad=f"{len(astray)} of {len(planned)} AWS resources miss the tagged provider: {', '.join(astray) or 'none planned'}.",
        remedy="Give them parent=self, or the provider itself.",
    )


def _tags(provider: Operation, environment: str) -> set[str]:
    """The default tags that have a value; none if they name another environment."""
    settings = provider.inputs.get("defaultTags", {})
    # A provider's nested settings travel as JSON text.
    tags = (json.loads(settings) if isinstance(settings, str) else settings).get("tags", {})
    return {key for key, value in tags.items() if value} if tags.get("Environment") == environment else set()
