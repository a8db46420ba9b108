"""Silence of a metric that always reports is trouble; silence of one that counts failures is not."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.cloudwatch import Alarms

# RDS reports every minute while an instance lives; these others report only when something happens.
ALWAYS_REPORTED = {"AWS/RDS/CPUUtilization", "AWS/RDS/FreeStorageSpace", "AWS/RDS/DatabaseConnections"}
NEVER_TELLS = {"AWS/ApplicationELB/UnHealthyHostCount"}


@check(requirement=("M2",), title="Alarms state what missing data means")
def alarms_treat_silence(snapshot: Snapshot) -> Judgements:
    """``missing`` is CloudWatch's default, right only where silence tells nothing either way."""
    for alarm in snapshot.read(Alarms).by_name.values():
        right = "breaching" if alarm.metric in ALWAYS_REPORTED else "notBreaching"
        accepted = {"breaching", "missing"} if alarm.metric in NEVER_TELLS else {right}
        yield judge(
            alarm.name,
            ok=alarm.missing_data in accepted,
            good=f"{alarm.name} treats missing data as {alarm.missing_data}.",
            bad=f"{alarm.name} treats missing data as {alarm.missing_data}, not as {' or '.join(sorted(accepted))}.",
            remedy="Set treatMissingData (deploy again).",
        )
