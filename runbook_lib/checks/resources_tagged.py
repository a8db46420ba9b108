"""Every taggable resource says which environment and which migration it belongs to."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge


@check(requirement=("T1",), title="Environment and MigrationDate on every resource")
def resources_tagged(snapshot: Snapshot) -> Judgements:
    """One finding over all, so that a missing part leaves no resource out unseen."""
    outputs = snapshot.outputs
    expected = {"Environment": outputs.environment, "MigrationDate": outputs.migration_date.isoformat()}
    resources = [resource for resource in snapshot.tagged() if not resource.made_by_aws]
    wrong = sorted(resource.name for resource in resources if not expected.items() <= resource.tags.items())
    yield judge(
        f"{len(resources)} resources",
        ok=bool(resources) and not wrong,
        good=f"All {len(resources)} resources have the tags {expected}.",
        bad=f"{len(wrong)} of {len(resources)} resources lack the tags {expected}: {', '.join(wrong)}.",
        remedy="Deploy again; a resource made by hand or past the tagged provider has no tags.",
    )
