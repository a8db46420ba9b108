"""Every request leaves an access log line in a log group of the stack."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.apigateway import Stage
from runbook_lib.snapshot.logs import LogGroups


@check(requirement=("P1", "M1"), title="The API logs every access")
def api_logs_access(snapshot: Snapshot) -> Judgements:
    """The line holds the request id, which the function's correlation id starts from."""
    stage = snapshot.read(Stage)
    known = {group.arn for group in snapshot.read(LogGroups).by_name.values()}
    yield judge(
        stage.name,
        ok=stage.access_log_arn.removesuffix(":*") in known and "$context.requestId" in stage.access_log_format,
        good=f"Stage {stage.name} logs every access to {stage.access_log_arn}.",
        bad=f"Stage {stage.name} logs accesses to {stage.access_log_arn or 'nowhere'}, as {stage.access_log_format!r}.",
        remedy="Restore the stage's access log settings (deploy again).",
    )
