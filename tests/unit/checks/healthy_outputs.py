"""The outputs of a healthy stack, as the stack exports them."""

from __future__ import annotations

from runbook_lib.outputs import StackOutputs

ACCOUNT = "111122223333"
ENDING = "staging-demo"
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
FLOW_LOGS_GROUP = f"/payments/flow-logs-{ENDING}"
LOG_GROUPS = (
    f"/aws/lambda/payments-{ENDING}",
    f"/aws/lambda/schema-{ENDING}",
    f"/aws/rds/instance/payments-db-{ENDING}/postgresql",
    f"/aws/rds/instance/payments-db-{ENDING}/upgrade",
    f"/payments/api-access-{ENDING}",
    FLOW_LOGS_GROUP,
    "API-Gateway-Execution-Logs_api1/staging",
)
METRICS = {
    "database-cpu": "AWS/RDS/CPUUtilization",
    "database-storage": "AWS/RDS/FreeStorageSpace",
    "database-connections": "AWS/RDS/DatabaseConnections",
    "payments-errors": "AWS/Lambda/Errors",
    "payments-throttles": "AWS/Lambda/Throttles",
    "payments-duration": "AWS/Lambda/Duration",
    "payments-database": "Payments/DatabaseUnavailable",
    "payments-audit": "Payments/AuditStoreUnavailable",
    "payments-secret": "Payments/SecretUnreadable",
    "payments-time": "Payments/TimeNearlyOut",
    "api-4xx": "AWS/ApiGateway/4XXError",
    "api-5xx": "AWS/ApiGateway/5XXError",
    "alb-5xx": "AWS/ApplicationELB/HTTPCode_ELB_5XX_Count",
    "alb-unhealthy": "AWS/ApplicationELB/UnHealthyHostCount",
}


def arn(service: str, resource: str) -> str:
    """An ARN of the stack's account and region."""
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"


RAW = {
    "environment": "staging",
    "suffix": "demo",
    "region": "us-east-1",
    "migration_date": "2026-11-24",
    "vpc_id": "vpc-1",
    "availability_zones": list(ZONES),
    "public_subnet_ids": ["public-1", "public-2", "public-3"],
    "private_subnet_ids": ["private-1", "private-2", "private-3"],
    "nat_gateway_ids": ["nat-1", "nat-2", "nat-3"],
    "alb_security_group_id": "sg-alb",
    "lambda_security_group_id": "sg-lambda",
    "database_security_group_id": "sg-database",
    "vpc_endpoint_ids": ["vpce-s3", "vpce-kms"],
    "rds_identifier": f"payments-db-{ENDING}",
    "rds_endpoint": "db.example:5432",
    "rds_engine_version": "14.20",
    "master_secret_arn": arn("secretsmanager", "secret:rds!db-1"),
    "payments_function_name": f"payments-{ENDING}",
    "schema_function_name": f"schema-{ENDING}",
    "payments_role_name": f"payments-function-{ENDING}",
    "schema_role_name": f"schema-function-{ENDING}",
    "api_id": "api1",
    "api_stage_name": "staging",
    "api_url": "https://api1.execute-api.us-east-1.amazonaws.com/staging",
    "api_key_id": "key1",
    "usage_plan_id": "plan1",
    "alb_name": f"payments-{ENDING}",
    "alb_arn": arn("elasticloadbalancing", f"loadbalancer/app/payments-{ENDING}/1"),
    "alb_dns_name": "payments.elb.example",
    "target_group_arn": arn("elasticloadbalancing", f"targetgroup/payments-{ENDING}/1"),
    "audit_bucket_name": f"payments-audit-{ACCOUNT}-{ENDING}",
    "access_log_bucket_name": f"payments-logs-{ACCOUNT}-{ENDING}",
    "key_arns": {purpose: arn("kms", f"key/{purpose}") for purpose in ("database", "audit", "operations")},
    "topic_arn": arn("sns", f"alarms-{ENDING}"),
    "dashboard_name": f"payments-{ENDING}",
    "alarm_names": [f"{key}-{ENDING}" for key in METRICS],
    "log_group_names": list(LOG_GROUPS),
}

OUTPUTS = StackOutputs.parse(RAW)
KEY = OUTPUTS.key_arns
TAGS = {"Environment": "staging", "MigrationDate": "2026-11-24"}


def named(name: str) -> dict[str, str]:
    """Tags with a Name after the naming rule."""
    return {**TAGS, "Name": f"{name}-{ENDING}"}
