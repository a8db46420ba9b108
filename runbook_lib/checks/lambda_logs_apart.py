"""Each function writes to a log group of its own, one that the stack made."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.functions import Functions
from runbook_lib.snapshot.logs import LogGroups


@check(requirement=("A1", "M1"), title="Each function has a log group of its own")
def lambda_logs_apart(snapshot: Snapshot) -> Judgements:
    """A group that Lambda makes by itself is unencrypted and kept for ever."""
    functions, groups = snapshot.read(Functions).both(), snapshot.read(LogGroups).by_name
    used = [function.log_group for function in functions]
    for function in functions:
        yield judge(
            function.name,
            ok=function.log_group in groups and used.count(function.log_group) == 1,
            good=f"{function.name} logs to {function.log_group}.",
            bad=f"{function.name} logs to {function.log_group}, which is shared or not made by the stack.",
            remedy="Deploy again; the log group was deleted or its name changed.",
        )
