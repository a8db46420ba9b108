"""Healthy database, functions, API, load balancer, buckets and monitoring."""

from __future__ import annotations

from unit.checks.healthy_outputs import ENDING, KEY, METRICS, OUTPUTS, TAGS, ZONES, arn, named

from runbook_lib.snapshot.apigateway import ApiKey, Method, RestApi, Stage, UsagePlan
from runbook_lib.snapshot.cloudwatch import Alarm, Alarms, Dashboard
from runbook_lib.snapshot.elbv2 import Listener, LoadBalancer, TargetGroup
from runbook_lib.snapshot.functions import Function, Functions
from runbook_lib.snapshot.iam import Role, Roles
from runbook_lib.snapshot.kms import Key, Keys
from runbook_lib.snapshot.logs import LogGroup, LogGroups
from runbook_lib.snapshot.policies import Statement
from runbook_lib.snapshot.rds import Database, EngineVersion, Parameters
from runbook_lib.snapshot.s3 import Bucket, Buckets, Lifecycle
from runbook_lib.snapshot.secretsmanager import MasterSecret
from runbook_lib.snapshot.sns import Topic

DATABASE = Database(
    name=OUTPUTS.rds_identifier,
    tags=TAGS,
    arn=arn("rds", f"db:{OUTPUTS.rds_identifier}"),
    status="available",
    engine="postgres",
    engine_version="14.20",
    endpoint=OUTPUTS.rds_endpoint,
    multi_az=True,
    publicly_accessible=False,
    zones=ZONES,
    subnet_ids=OUTPUTS.private_subnet_ids,
    security_group_ids=("sg-database",),
    storage_encrypted=True,
    key_arn=KEY["database"],
    backup_retention_days=7,
    exported_logs=("postgresql", "upgrade"),
    minor_upgrades=True,
    deletion_protection=False,
    lifecycle_support="open-source-rds-extended-support-disabled",
    parameter_group=f"payments-pg14-{ENDING}",
    parameter_status="in-sync",
)
PARAMETERS = Parameters(name=f"payments-pg14-{ENDING}", tags=TAGS, values={"rds.force_ssl": "1"})
ENGINE_VERSION = EngineVersion(version="14.20", status="available")
SECRET = MasterSecret(
    name="rds!db-1",
    tags={},
    made_by_aws=True,
    arn=OUTPUTS.master_secret_arn,
    key_arn=KEY["database"],
    owner="rds",
    database_arn=DATABASE.arn,
    deleted=False,
)


def _function(name: str) -> Function:
    return Function(
        name=f"{name}-{ENDING}",
        tags=TAGS,
        runtime="python3.13",
        state="Active",
        role_arn=f"arn:aws:iam::1:role/{name}-function-{ENDING}",
        timeout_seconds=20,
        subnet_ids=OUTPUTS.private_subnet_ids,
        security_group_ids=("sg-lambda",),
        tracing="Active",
        environment={"ENVIRONMENT": "staging", "DB_SECRET_ARN": OUTPUTS.master_secret_arn},
        key_arn="",
        log_group=f"/aws/lambda/{name}-{ENDING}",
        reserved_concurrency=None,
        policy=(),
    )


FUNCTIONS = Functions(payments=_function("payments"), schema=_function("schema"))


def _role(name: str) -> Role:
    granted = (
        Statement(allows=True, actions=("s3:PutObject",), resources=("arn:aws:s3:::audit/*",)),
        Statement(allows=True, actions=("xray:PutTraceSegments",), resources=("*",)),
    )
    trust = (Statement(allows=True, actions=("sts:AssumeRole",), principals=("lambda.amazonaws.com",)),)
    full = f"{name}-function-{ENDING}"
    return Role(name=full, tags=TAGS, arn=f"arn:aws:iam::1:role/{full}", trust=trust, statements=granted)


ROLES = Roles(payments=_role("payments"), schema=_role("schema"))
POST = Method(needs_key=True, validates_body=True, model_names=("Payment",), integration="AWS_PROXY")
API = RestApi(name=f"payments-{ENDING}", tags=TAGS, methods={"POST /payments": POST})
STAGE = Stage(
    name="staging",
    tags=TAGS,
    traced=True,
    access_log_arn=arn("logs", f"log-group:/payments/api-access-{ENDING}"),
    access_log_format='{"request_id": "$context.requestId"}',
    execution_log_level="INFO",
    logs_bodies=False,
    metrics=True,
)
API_KEY = ApiKey(name=f"payments-{ENDING}", tags=TAGS, enabled=True, in_outputs=False)
PLAN = UsagePlan(
    name=f"payments-{ENDING}",
    tags=TAGS,
    stages=("api1/staging",),
    key_ids=("key1",),
    rate_per_second=50.0,
    burst=100,
    quota=100_000,
)
HTTP = Listener(
    name="listener-80",
    tags=TAGS,
    port=80,
    protocol="HTTP",
    certificate_arns=(),
    tls_policy="",
    action="fixed-response",
    redirects_to="",
    forwards_to=(OUTPUTS.target_group_arn,),
)
BALANCER = LoadBalancer(
    name=OUTPUTS.alb_name,
    tags=TAGS,
    dns_name=OUTPUTS.alb_dns_name,
    scheme="internet-facing",
    kind="application",
    state="active",
    subnet_ids=OUTPUTS.public_subnet_ids,
    security_group_ids=("sg-alb",),
    attributes={
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": OUTPUTS.access_log_bucket_name,
        "deletion_protection.enabled": "false",
    },
    listeners=(HTTP,),
)
TARGETS = TargetGroup(
    name=f"payments-{ENDING}",
    tags=TAGS,
    target_type="lambda",
    health_checks=True,
    health_path="/health",
    target_ids=(arn("lambda", f"function:payments-{ENDING}"),),
    target_states=("healthy",),
)


def _bucket(name: str, encryption: str, key: str) -> Bucket:
    tls_only = Statement(
        sid="TlsOnly",
        allows=False,
        actions=("s3:*",),
        principals=("*",),
        resources=(f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"),
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
    return Bucket(
        name=name,
        tags=TAGS,
        versioned=True,
        encryption=encryption,
        key_arn=key,
        bucket_key=bool(key),
        lifecycle=Lifecycle(expires_after=90, old_versions_expire_after=90, uploads_aborted_after=1),
        public_access_blocks=("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
        ownership="BucketOwnerEnforced",
        locked=False,
        policy=(tls_only,),
    )


BUCKETS = Buckets(
    audit=_bucket(OUTPUTS.audit_bucket_name, "aws:kms", KEY["audit"]),
    access_log=_bucket(OUTPUTS.access_log_bucket_name, "AES256", ""),
)


def _key(key_arn: str) -> Key:
    policy = (
        Statement(allows=True, actions=("kms:DescribeKey",), principals=("arn:aws:iam::1:root",)),
        Statement(allows=True, actions=("kms:Decrypt",), principals=("arn:aws:iam::1:role/payments",)),
    )
    return Key(name=key_arn, tags=named("key"), state="Enabled", customer_managed=True, rotates=True, policy=policy)


KEYS = Keys(by_arn={key_arn: _key(key_arn) for key_arn in KEY.values()})
LOGS = LogGroups(
    by_name={
        name: LogGroup(name=name, tags=TAGS, arn=arn("logs", f"log-group:{name}"), retention_days=30, key_arn=KEY["operations"])
        for name in OUTPUTS.log_group_names
    }
)
DIMENSIONS = {
    "AWS/RDS": OUTPUTS.rds_identifier,
    "AWS/Lambda": OUTPUTS.payments_function_name,
    "AWS/ApiGateway": OUTPUTS.api_stage_name,
    "AWS/ApplicationELB": f"app/payments-{ENDING}/1",
    "Payments": OUTPUTS.payments_function_name,
}


def _alarm(name: str, metric: str) -> Alarm:
    namespace = metric.rpartition("/")[0]
    return Alarm(
        name=f"{name}-{ENDING}",
        tags=TAGS,
        metric=metric,
        dimensions={"of": DIMENSIONS[namespace], **({"ApiName": API.name} if namespace == "AWS/ApiGateway" else {})},
        actions=(OUTPUTS.topic_arn,),
        actions_enabled=True,
        missing_data="breaching" if "RDS" in metric or "UnHealthy" in metric else "notBreaching",
    )


ALARMS = Alarms(by_name={f"{name}-{ENDING}": _alarm(name, metric) for name, metric in METRICS.items()})
DASHBOARD = Dashboard(name=OUTPUTS.dashboard_name, metrics=frozenset(METRICS.values()))
TOPIC = Topic(
    name=OUTPUTS.topic_arn,
    tags=TAGS,
    key=KEY["operations"],
    policy=(Statement(allows=True, actions=("sns:Publish",), principals=("cloudwatch.amazonaws.com",)),),
)
