"""The functions run on a Python that AWS still supports."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.lifecycle import lambda_runtimes
from runbook_lib.snapshot.functions import Functions


@check(requirement=("A1",), title="Functions run on a supported Python runtime")
def lambda_runtime_supported(snapshot: Snapshot) -> Judgements:
    """An unknown runtime is not supported until somebody says until when it is."""
    for function in snapshot.read(Functions).both():
        life = lambda_runtimes().get(function.runtime) if function.runtime.startswith("python") else None
        until = life.deprecated if life else None
        yield judge(
            function.name,
            ok=until is not None and snapshot.day < until,
            good=f"{function.name} runs on {function.runtime}, supported until {until}, judged for {snapshot.day}.",
            bad=f"{function.name} runs on {function.runtime}, which is not supported on {snapshot.day} "
            f"(last day: {until or 'unknown'}).",
            remedy="Set payments:lambdaRuntime to a supported runtime and deploy again.",
        )
