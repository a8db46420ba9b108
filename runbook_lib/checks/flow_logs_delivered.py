"""The VPC's flow logs arrive in the stack's log group."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge, unknown
from runbook_lib.snapshot.flow_logs import FlowLogs
from runbook_lib.snapshot.logs import LogGroups


@check(requirement=("O1",), title="Flow logs of all traffic are delivered")
def flow_logs_delivered(snapshot: Snapshot) -> Judgements:
    """A flow log that may not write stands there as ``ACTIVE`` all the same: only its delivery status tells."""
    groups = {group.arn for group in snapshot.read(LogGroups).by_name.values()}
    ours = [log for log in snapshot.read(FlowLogs).of_vpc if log.destination.removesuffix(":*") in groups]
    whole = [log for log in ours if log.traffic == "ALL" and log.active]
    yield judge(
        snapshot.outputs.vpc_id,
        ok=bool(whole),
        good=f"{snapshot.outputs.vpc_id} logs accepted and rejected traffic to a log group of the stack.",
        bad=f"{snapshot.outputs.vpc_id} has no active flow log of all its traffic that leads to a log group of the stack.",
        remedy="Deploy again; without it nobody can say later who talked to whom.",
    )
    for log in ours:
        if not log.delivery:
            yield unknown(
                log.name,
                f"AWS does not say yet whether {log.name} delivers.",
                "Verify again after the first aggregation interval, ten minutes after the flow log was made.",
            )
            continue
        yield judge(
            log.name,
            ok=log.delivery == "SUCCESS",
            good=f"{log.name} delivers to {log.destination}.",
            bad=f"{log.name} does not deliver to {log.destination}: {log.error or log.delivery}.",
            remedy="Access error: mend the flow log's role, its trust and its policy (deploy again). "
            "Rate limited: CloudWatch Logs throttles; ask for a higher quota.",
        )
