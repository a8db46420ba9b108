"""Every metric that tells of trouble has an alarm."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.apigateway import RestApi
from runbook_lib.snapshot.cloudwatch import Alarms


@check(requirement=("M2",), title="Alarms on database, functions, API and load balancer")
def alarms_cover_metrics(snapshot: Snapshot) -> Judgements:
    """An alarm counts only if it watches this stack's resource: another stack's dimensions watch another stack.

    A stage is called after its environment, as every API's is; only together with the API's name it is this stack's.
    """
    outputs, alarms = snapshot.outputs, snapshot.read(Alarms).by_name.values()
    balancer = outputs.alb_arn.partition(":loadbalancer/")[2]
    for dimensions, metrics in {
        (outputs.rds_identifier,): ("RDS/CPUUtilization", "RDS/FreeStorageSpace", "RDS/DatabaseConnections"),
        (outputs.payments_function_name,): ("Lambda/Errors", "Lambda/Throttles", "Lambda/Duration"),
        (snapshot.read(RestApi).name, outputs.api_stage_name): ("ApiGateway/4XXError", "ApiGateway/5XXError"),
        (balancer,): ("ApplicationELB/HTTPCode_ELB_5XX_Count", "ApplicationELB/UnHealthyHostCount"),
    }.items():
        resource = "/".join(dimensions)
        for metric in metrics:
            watching = [a.name for a in alarms if a.metric == f"AWS/{metric}" and {*dimensions} <= {*a.dimensions.values()}]
            yield judge(
                resource,
                ok=bool(watching),
                good=f"{', '.join(watching)} watches {metric} of {resource}.",
                bad=f"Nothing watches {metric} of {resource}.",
                remedy="Restore the alarm (deploy again).",
            )
