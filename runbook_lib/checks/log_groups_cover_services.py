"""Every service that logs has a log group."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.logs import LogGroups


@check(requirement=("M1",), title="There is a log group for every service")
def log_groups_cover_services(snapshot: Snapshot) -> Judgements:
    """The names are AWS's own conventions; by them a service finds the group, or makes an unencrypted one."""
    outputs, groups = snapshot.outputs, snapshot.read(LogGroups).by_name
    for name in (
        f"/aws/lambda/{outputs.payments_function_name}",
        f"/aws/lambda/{outputs.schema_function_name}",
        f"/aws/rds/instance/{outputs.rds_identifier}/postgresql",
        f"/aws/rds/instance/{outputs.rds_identifier}/upgrade",
        f"API-Gateway-Execution-Logs_{outputs.api_id}/{outputs.api_stage_name}",
    ):
        yield judge(
            name,
            ok=name in groups,
            good=f"{name} is a log group of the stack.",
            bad=f"{name} is not a log group of the stack.",
            remedy="Make it part of the stack and of its output log_group_names.",
        )
