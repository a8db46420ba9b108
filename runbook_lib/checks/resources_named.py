"""Names end in environment and suffix, so that two stacks live side by side."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge


@check(requirement=("T1",), title="Names are <resource>-<environment>-<suffix>")
def resources_named(snapshot: Snapshot) -> Judgements:
    """Log groups, secrets and ARN-like names have the ending inside a path of AWS's making."""
    outputs = snapshot.outputs
    ending = f"-{outputs.environment}-{outputs.suffix}"
    names = (
        *(outputs.rds_identifier, outputs.alb_name, outputs.audit_bucket_name, outputs.access_log_bucket_name),
        *(outputs.payments_function_name, outputs.schema_function_name),
        *(outputs.payments_role_name, outputs.schema_role_name),
        *(outputs.dashboard_name, outputs.topic_arn, *outputs.alarm_names),
    )
    resources = [resource for resource in snapshot.tagged() if not resource.made_by_aws]
    named = [*names, *filter(None, (resource.tags.get("Name") for resource in resources))]
    wrong = sorted(name for name in named if not name.endswith(ending))
    yield judge(
        f"{len(named)} names",
        ok=bool(resources) and not wrong,
        good=f"All {len(named)} names end in {ending}.",
        bad=f"{len(wrong)} of {len(named)} names do not end in {ending}: {', '.join(wrong)}.",
        remedy="Make the name with stack/naming.py.",
    )
