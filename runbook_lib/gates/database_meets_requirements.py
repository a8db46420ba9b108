"""The planned database is what the requirements ask for, before AWS is paid for one that is not."""

from __future__ import annotations

from typing import Any

from runbook_lib.gates.registry import GateContext, Judgements, Plan, gate, judge, resources
from runbook_lib.outputs import is_production

FIXED: dict[str, Any] = {
    "engine": "postgres",
    "multiAz": True,
    "publiclyAccessible": False,
    "autoMinorVersionUpgrade": True,
    "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
}
BACKUP_DAYS = 7
LOGS = {"postgresql", "upgrade"}


@gate(requirement=("D1", "D2"), title="The database is private, redundant, backed up and maintained")
def database_meets_requirements(plan: Plan, context: GateContext) -> Judgements:
    """In production it is protected from deletion besides and leaves a final snapshot; elsewhere neither."""
    protected = is_production(context.environment)
    expected = {**FIXED, "deletionProtection": protected, "skipFinalSnapshot": not protected}
    for op in resources(plan, "aws:rds/instance:Instance"):
        wrong = {name: op.inputs.get(name) for name, value in expected.items() if op.inputs.get(name) != value}
        kept = op.inputs.get("backupRetentionPeriod", 0)
        if not isinstance(kept, (int, float)) or kept < BACKUP_DAYS:
            wrong["backupRetentionPeriod"] = kept
        if not set(op.inputs.get("enabledCloudwatchLogsExports", ())) >= LOGS:
            wrong["enabledCloudwatchLogsExports"] = op.inputs.get("enabledCloudwatchLogsExports")
        yield judge(
            op.name,
            ok=not wrong,
            good=f"{op.name} is planned as required in {context.environment}.",
            bad=f"{op.name} is planned with {wrong}.",
            remedy="Correct stack/database.py or its configuration.",
        )
