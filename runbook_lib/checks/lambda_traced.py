"""X-Ray follows requests into the functions."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.functions import Functions


@check(requirement=("A1", "O1"), title="X-Ray is active on the functions")
def lambda_traced(snapshot: Snapshot) -> Judgements:
    """``PassThrough`` would trace only what somebody else chose to trace."""
    for function in snapshot.read(Functions).both():
        yield judge(
            function.name,
            ok=function.tracing == "Active",
            good=f"{function.name} is traced by X-Ray.",
            bad=f"{function.name} has tracing mode {function.tracing or 'none'}, not Active.",
            remedy="Set tracingConfig.mode to Active (deploy again).",
        )
