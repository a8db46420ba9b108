"""X-Ray follows requests from the API on."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.apigateway import Stage


@check(requirement=("P1", "O1"), title="X-Ray is active on the API's stage")
def api_traced(snapshot: Snapshot) -> Judgements:
    """Tracing is a setting of the stage."""
    stage = snapshot.read(Stage)
    yield judge(
        stage.name,
        ok=stage.traced,
        good=f"Stage {stage.name} is traced by X-Ray.",
        bad=f"Stage {stage.name} is not traced by X-Ray.",
        remedy="Set xrayTracingEnabled on the stage (deploy again).",
    )
