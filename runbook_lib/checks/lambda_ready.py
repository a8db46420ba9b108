"""The functions can be invoked and are told which environment they serve."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.functions import Functions


@check(requirement=("A1",), title="Functions are active, know their environment and may run")
def lambda_ready(snapshot: Snapshot) -> Judgements:
    """A reserved concurrency of 0 is how somebody switches a function off in an emergency."""
    environment = snapshot.outputs.environment
    for function in snapshot.read(Functions).both():
        named = function.environment.get("ENVIRONMENT")
        yield judge(
            function.name,
            ok=function.state == "Active" and named == environment and function.reserved_concurrency != 0,
            good=f"{function.name} is active and serves {environment}.",
            bad=f"{function.name} is {function.state}, serves {named or 'no environment'} and has a reserved "
            f"concurrency of {function.reserved_concurrency}.",
            remedy="Deploy again; a concurrency of 0 was set by hand.",
        )
