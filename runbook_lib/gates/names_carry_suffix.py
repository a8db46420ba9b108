"""Names end in environment and suffix, so that two stacks live side by side in one account."""

from __future__ import annotations

import re

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Plan, gate, judge, resources

# The property that AWS knows the resource by, and that must be unique in the account.
NAMED_BY = {
    "aws:apigateway/apiKey:ApiKey": "name",
    "aws:apigateway/restApi:RestApi": "name",
    "aws:apigateway/usagePlan:UsagePlan": "name",
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
    "aws:ec2/securityGroup:SecurityGroup": "name",
    "aws:iam/role:Role": "name",
    "aws:kms/alias:Alias": "name",
    "aws:lambda/function:Function": "name",
    "aws:lb/loadBalancer:LoadBalancer": "name",
    "aws:lb/targetGroup:TargetGroup": "name",
    "aws:rds/instance:Instance": "identifier",
    "aws:rds/parameterGroup:ParameterGroup": "name",
    "aws:rds/subnetGroup:SubnetGroup": "name",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:sns/topic:Topic": "name",
}

# API Gateway names its execution log group after the API's id, which AWS makes up.
OF_API_GATEWAY = "API-Gateway-Execution-Logs_"


@gate(requirement=("T1",), title="Names are <resource>-<environment>-<suffix>")
def names_carry_suffix(plan: Plan, context: GateContext) -> Judgements:
    """A log group has the ending in the middle, where its service put the name it is called after."""
    ending = f"-{context.environment}-{context.suffix}"
    pattern = re.compile(rf"[a-z0-9]{re.escape(ending)}(/|$)")
    for op in resources(plan, *NAMED_BY):
        name = str(op.inputs.get(NAMED_BY[op.type], ""))
        if name != COMPUTED and not name.startswith(OF_API_GATEWAY):
            yield judge(
                op.name,
                ok=bool(pattern.search(name)),
                good=f"{op.name} is called {name}.",
                bad=f"{op.name} ({op.type}) is called {name or 'whatever Pulumi makes up'}, which lacks {ending}.",
                remedy="Make the name with stack/naming.py.",
            )
