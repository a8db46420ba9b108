"""A small plan in which everything is as it must be, and how to change one operation in it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from runbook_lib.gates import GateContext
from runbook_lib.lifecycle import ServiceLife
from runbook_lib.plan import COMPUTED, Operation, Plan
from runbook_lib.versions.catalogue import Offer
from runbook_lib.versions.paths import Offers

ENDING = "staging-demo"
PROVIDER = "urn:pulumi:staging::payments::pulumi:providers:aws::aws"
TAGS = {"Environment": "staging", "MigrationDate": "2026-11-24"}
OFFERS = Offers(
    engine="postgres",
    offers=tuple(Offer(version=version, status="available") for version in ("14.19", "14.20")),
    source="a record",
    as_of=date(2026, 10, 20),
    lives={"14": ServiceLife(service="postgres", cycle="14", standard_end=date(2027, 2, 28), extended_end=None, source="s",
                             as_of=date(2026, 8, 22))},
)  # fmt: skip
CONTEXT = GateContext("staging", "demo", engines={"postgres": OFFERS}, day=date(2026, 10, 20))


def operation(type_: str, name: str, inputs: dict[str, Any], **changes: Any) -> Operation:
    """A resource that is created through the tagged provider."""
    values = {
        "op": "create",
        "urn": f"urn:pulumi:staging::payments::{type_}::{name}",
        "type": type_,
        "name": name,
        "parent": f"parent-of-{name}",
        "provider": f"{PROVIDER}::{COMPUTED}",
        "inputs": inputs,
        "old_inputs": {},
        "changed": (),
    }
    return Operation.model_validate(values | changes)


def provider(tags: dict[str, str]) -> Operation:
    """The provider; its nested settings are JSON text on the wire."""
    settings = {"region": "us-east-1", "defaultTags": json.dumps({"tags": tags})}
    return operation("pulumi:providers:aws", "aws", settings, urn=PROVIDER, provider="")


def document(*actions: str, resources: list[str] | None = None, **extra: Any) -> str:
    """A policy that allows actions."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resources or ["arn:aws:s3:::b/*"], **extra}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


DATABASE = {
    "identifier": f"payments-db-{ENDING}",
    "engine": "postgres",
    "instanceClass": "db.t3.medium",
    "allocatedStorage": 20,
    "storageType": "gp3",
    "engineVersion": "14.20",
    "multiAz": True,
    "publiclyAccessible": False,
    "storageEncrypted": True,
    "kmsKeyId": COMPUTED,
    "backupRetentionPeriod": 7,
    "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
    "autoMinorVersionUpgrade": True,
    "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
    "manageMasterUserPassword": True,
    "deletionProtection": False,
    "skipFinalSnapshot": True,
}
GUARDS: dict[str, dict[str, Any]] = {
    "Versioning": {"versioningConfiguration": {"status": "Enabled"}},
    "LifecycleConfiguration": {"rules": []},
    "OwnershipControls": {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
    "PublicAccessBlock": {
        "blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True,
    },
    "ServerSideEncryptionConfiguration": {"rules": []},
    "Policy": {"policy": COMPUTED},
}  # fmt: skip
ROLE = {"name": f"payments-function-{ENDING}", "assumeRolePolicy": document("sts:AssumeRole", resources=["arn:role"])}
FUNCTION = {
    "name": f"payments-{ENDING}",
    "environment": {"variables": {"ENVIRONMENT": "staging", "DB_SECRET_ARN": COMPUTED}},
    "tracingConfig": {"mode": "Active"},
}
WEB = {"securityGroupId": COMPUTED, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"}

FRONT = {"internal": False, "subnets": ["subnet-1", "subnet-2", "subnet-3"]}
LISTENER = {"loadBalancerArn": COMPUTED, "port": 80, "protocol": "HTTP", "defaultActions": [{"type": "forward"}]}

OPERATIONS: tuple[Operation, ...] = (
    provider(TAGS),
    operation("aws:rds/instance:Instance", "database", DATABASE),
    operation("aws:s3/bucket:Bucket", "audit", {"bucket": f"payments-audit-1-{ENDING}"}, parent="store"),
    *(operation(f"aws:s3/bucket{guard}:Bucket{guard}", f"audit-{guard}", {"bucket": COMPUTED, **inputs}, parent="store")
      for guard, inputs in GUARDS.items()),
    operation("aws:iam/role:Role", "payments", ROLE),
    operation("aws:iam/rolePolicy:RolePolicy", "narrow", {"policy": document("s3:PutObject")}),
    operation("aws:lambda/function:Function", "payments", FUNCTION),
    operation("aws:lambda/permission:Permission", "api", {"principal": "apigateway.amazonaws.com", "sourceArn": COMPUTED}),
    operation("aws:apigateway/stage:Stage", "staging", {"xrayTracingEnabled": True}),
    operation("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "alb-https", WEB),
    operation("aws:cloudwatch/logGroup:LogGroup", "log", {"name": f"/aws/lambda/payments-{ENDING}", "kmsKeyId": COMPUTED}),
    operation("aws:cloudwatch/logGroup:LogGroup", "execution", {"name": COMPUTED, "kmsKeyId": COMPUTED}),
    operation("aws:sns/topic:Topic", "alarms", {"name": f"alarms-{ENDING}", "kmsMasterKeyId": COMPUTED}),
)  # fmt: skip
OPERATIONS += (
    operation("aws:cloudwatch/metricAlarm:MetricAlarm", "cpu", {"name": f"cpu-{ENDING}", "alarmActions": [COMPUTED]}),
    operation("aws:lb/loadBalancer:LoadBalancer", "front", {"name": f"front-{ENDING}", **FRONT}, parent="front"),
    operation("aws:lb/listener:Listener", "web", LISTENER, parent="front"),
)
HEALTHY = Plan(operations=OPERATIONS)


def with_inputs(resource: str, type_: str = "", /, **inputs: Any) -> Plan:
    """The plan with some inputs of one resource changed; None takes an input away."""
    return Plan(operations=tuple(
        op.model_copy(update={"inputs": {k: v for k, v in (op.inputs | inputs).items() if v is not None}})
        if op.name == resource and type_ in op.type else op
        for op in OPERATIONS
    ))  # fmt: skip


def with_operation(*more: Operation) -> Plan:
    """The plan with further operations."""
    return Plan(operations=(*OPERATIONS, *more))


def replacing(name: str, **changes: Any) -> Plan:
    """The plan with another kind of operation, provider or parent for one resource."""
    return Plan(operations=tuple(op.model_copy(update=changes) if op.name == name else op for op in OPERATIONS))


def without(name: str) -> Plan:
    """The plan without a resource."""
    return Plan(operations=tuple(op for op in OPERATIONS if op.name != name))
