from __future__ import annotations

from dataclasses import replace

import pytest
from unit.gates.healthy_plan import (
    CONTEXT,
    DATABASE,
    HEALTHY,
    TAGS,
    WEB,
    document,
    operation,
    provider,
    replacing,
    with_inputs,
    with_operation,
    without,
)  # fmt: skip
from unit.gates.rows_exposure import EXPOSURE, HARMLESS
from unit.gates.rows_grants import GRANTS

from runbook_lib import gates
from runbook_lib.gates.registry import GATES
from runbook_lib.plan import COMPUTED, Plan
from runbook_lib.results import Status

RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
LEGACY = "aws:ec2/securityGroupRule:SecurityGroupRule"
POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
SUSPENDED = {"status": "Suspended"}
NAMED = {"name": "g-staging-demo"}
CLEAR = {"variables": {"DB_PASSWORD": "x"}}
UNTAGGED = {"Environment": "staging"}
OPEN = [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]
HALVES = [{**OPEN[0], "cidrBlocks": ["0.0.0.0/1", "128.0.0.0/1"]}]
EVERYBODY = document("s3:GetObject", Principal="*")
WITH_TLS = document("s3:GetObject", Principal={"AWS": "*"}, Condition={"Bool": {"aws:SecureTransport": "true"}})
ABSENT = document("s3:GetObject", Principal="*", Condition={"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}})
ANYWHERE = document("s3:GetObject", Principal="*", Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})
INLINE = [{"name": "admin", "policy": document("*", resources=["*"])}]
FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
CLUSTER = "aws:rds/cluster:Cluster"
STORED = {
    "clusterIdentifier": "c-staging-demo", "storageEncrypted": True, "kmsKeyId": COMPUTED, "engineVersion": "14.20",
}  # fmt: skip


def _provider(tags: dict[str, str]) -> Plan:
    return Plan(operations=(provider(tags), *HEALTHY.operations[1:]))


def _policy(*actions: str, resources: list[str] | None = None) -> Plan:
    return with_operation(operation(POLICY, "wide", {"policy": document(*actions, resources=resources)}))


def _logging(*actions: str) -> Plan:
    """The role that the account's API Gateway logs with."""
    urn = f"urn:pulumi:staging::payments::payments:api:Api$payments:api:ApiGatewayAccount${POLICY}::api-gateway"
    return with_operation(operation(POLICY, "api-gateway", {"policy": document(*actions, resources=["*"])}, urn=urn))


def _variable(value: str) -> dict[str, dict[str, str]]:
    """A function's environment with a harmless name."""
    return {"variables": {"UPSTREAM": value}}


OLD_BROKER = {"engineType": "ActiveMQ", "engineVersion": "5.15", "brokerName": "b-staging-demo"}
PEM = "#!/bin/sh\ncat > key <<E\n-----BEGIN RSA " + "PRIVATE KEY-----\nabc\nE\n"
ROWS = [
    ("a runtime of old", with_inputs("payments", "lambda", runtime="python3.8"), {"runtimes_supported"}),
    ("a service of old", with_operation(operation("aws:mq/broker:Broker", "b", OLD_BROKER)), {"services_supported"}),
    ("default provider", replacing("audit", provider="urn:default_7_51_1::id"), {"resources_use_tagged_provider"}),
    ("provider without tags", _provider({}), {"resources_use_tagged_provider"}),
    ("provider without date", _provider(UNTAGGED), {"resources_use_tagged_provider"}),
    ("another environment's provider", _provider({**TAGS, "Environment": "x"}), {"resources_use_tagged_provider"}),
    ("no suffix", with_inputs("alarms", name="alarms-staging"), {"names_carry_suffix"}),
    ("a longer suffix", with_inputs("alarms", name="alarms-staging-demo2"), {"names_carry_suffix"}),
    ("a made-up name", with_inputs("payments", "iam/role", name=None), {"names_carry_suffix"}),
    ("plain storage", with_inputs("database", storageEncrypted=False), {"storage_is_encrypted"}),
    ("no key", with_inputs("log", kmsKeyId=None), {"storage_is_encrypted"}),
    ("a topic in clear", with_inputs("alarms", kmsMasterKeyId=None), {"storage_is_encrypted"}),
    ("a bucket without versions", without("audit-Versioning"), {"buckets_are_private"}),
    ("a bucket that may be public", with_inputs("audit-PublicAccessBlock", blockPublicPolicy=False),
     {"buckets_are_private", "nothing_is_public"}),
    ("suspended versions", with_inputs("audit-Versioning", versioningConfiguration=SUSPENDED), {"buckets_are_private"}),
    ("access lists", with_inputs("audit-OwnershipControls", rule={"objectOwnership": "ObjectWriter"}), {"buckets_are_private"}),
    ("another bucket's guard", replacing("audit-Policy", parent="elsewhere"), {"buckets_are_private"}),
    ("SSH", with_operation(operation(RULE, "ssh", {**WEB, "fromPort": 22, "toPort": 22})), {"nothing_faces_internet"}),
    ("a range of ports", with_inputs("alb-https", fromPort=80), {"nothing_faces_internet"}),
    ("every protocol", with_inputs("alb-https", ipProtocol="-1", fromPort=None, toPort=None), {"nothing_faces_internet"}),
    ("IPv6", with_inputs("alb-https", cidrIpv4=None, cidrIpv6="::/0", fromPort=5432, toPort=5432), {"nothing_faces_internet"}),
    ("half the internet", with_inputs("alb-https", cidrIpv4="128.0.0.0/1", fromPort=22, toPort=22), {"nothing_faces_internet"}),
    ("the other half", with_inputs("alb-https", cidrIpv4="0.0.0.0/1", fromPort=22, toPort=22), {"nothing_faces_internet"}),
    ("one public address", with_inputs("alb-https", cidrIpv4="203.0.114.7/32", fromPort=22, toPort=22),
     {"nothing_faces_internet"}),
    ("half of IPv6", with_inputs("alb-https", cidrIpv4=None, cidrIpv6="8000::/1", fromPort=22, toPort=22),
     {"nothing_faces_internet"}),
    ("a prefix list", with_inputs("alb-https", cidrIpv4=None, prefixListId="pl-1", fromPort=22, toPort=22),
     {"nothing_faces_internet"}),
    ("an inline rule in halves", with_operation(operation(GROUP, "g", NAMED | {"ingress": HALVES})), {"nothing_faces_internet"}),
    ("a range not known yet", with_inputs("alb-https", cidrIpv4=COMPUTED), {"nothing_faces_internet"}),
    ("rules not known yet", with_operation(operation(GROUP, "g", NAMED | {"ingress": COMPUTED})), {"nothing_faces_internet"}),
    ("an inline rule", with_operation(operation(GROUP, "g", NAMED | {"ingress": OPEN})), {"nothing_faces_internet"}),
    ("an old-style rule", with_operation(operation(LEGACY, "g", {"type": "ingress", **OPEN[0]})), {"nothing_faces_internet"}),
    ("a wildcard action", _policy("s3:*"), {"grants_are_narrow"}),
    ("a wildcard resource", _policy("s3:PutObject", resources=["*"]), {"grants_are_narrow"}),
    ("log actions of another role", _policy("logs:PutLogEvents", resources=["*"]), {"grants_are_narrow"}),
    ("an administrator's logging role", _logging("s3:PutObject"), {"grants_are_narrow"}),
    ("everybody", with_operation(operation(BUCKET_POLICY, "b", {"policy": EVERYBODY})), {"grants_are_narrow"}),
    ("an administrator", with_operation(operation(ATTACHMENT, "a", {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})),
     {"attached_policies_are_known"}),
    ("a single-character wildcard", _policy("iam:?????????????"), {"grants_are_narrow"}),
    ("all of S3", _policy("s3:GetObject", resources=["arn:aws:s3:::*"]), {"grants_are_narrow"}),
    ("all of S3's objects", _policy("s3:GetObject", resources=["arn:aws:s3:::*/*"]), {"grants_are_narrow"}),
    ("every table", _policy("dynamodb:GetItem", resources=["arn:aws:dynamodb:*:*:table/*"]), {"grants_are_narrow"}),
    ("every queue", _policy("sqs:SendMessage", resources=["arn:aws:sqs:us-east-1:111122223333:*"]), {"grants_are_narrow"}),
    ("an inline administrator", with_inputs("payments", "iam/role", inlinePolicies=INLINE), {"grants_are_narrow"}),
    ("everybody with TLS", with_operation(operation(BUCKET_POLICY, "b", {"policy": WITH_TLS})), {"grants_are_narrow"}),
    ("everybody without an account", with_operation(operation(BUCKET_POLICY, "b", {"policy": ABSENT})), {"grants_are_narrow"}),
    ("everybody from anywhere", with_operation(operation(BUCKET_POLICY, "b", {"policy": ANYWHERE})), {"grants_are_narrow"}),
    ("a function for everybody", with_operation(operation(PERMISSION, "p", {"principal": "*"})), {"functions_are_closed"}),
    ("a service for everybody", with_inputs("api", "permission", sourceArn=None), {"functions_are_closed"}),
    ("an open URL", with_operation(operation("aws:lambda/functionUrl:FunctionUrl", "u", {"authorizationType": "NONE"})),
     {"functions_are_closed"}),
    ("a cluster in clear", with_operation(operation(CLUSTER, "c", {**STORED, "storageEncrypted": None})),
     {"storage_is_encrypted"}),
    ("a cluster with a password", with_operation(operation(CLUSTER, "c", {**STORED, "masterPassword": "[secret]"})),
     {"secrets_stay_out"}),
    ("a volume in clear", with_operation(operation("aws:ebs/volume:Volume", "v", {"size": 8})), {"storage_is_encrypted"}),
    ("a file system in clear", with_operation(operation("aws:efs/fileSystem:FileSystem", "f", {"encrypted": False})),
     {"storage_is_encrypted"}),
    ("a URL with a password", with_inputs("payments", "lambda", environment=_variable("postgresql://u:pw@h/db")),
     {"secrets_stay_out"}),
    ("a URL with a password alone", with_inputs("payments", "lambda", environment=_variable("redis://:pw@h:6379")),
     {"secrets_stay_out"}),
    ("an access key", with_inputs("payments", "lambda", environment=_variable("AKIAIOSFODNN7EXAMPLE")), {"secrets_stay_out"}),
    ("a private key", with_operation(operation("aws:ssm/parameter:Parameter", "i", {"value": PEM})), {"secrets_stay_out"}),
    ("a replaced database", replacing("database", op="replace"), {"deletions_within_limit"}),
    ("a replaced bucket", replacing("audit", op="replace"), {"deletions_within_limit"}),
    ("a deprecated class", with_operation(operation("aws:s3/bucketV2:BucketV2", "b", {})), {"nothing_deprecated"}),
    ("a deprecated property", with_inputs("audit", "bucket:", acl="private"), {"nothing_deprecated"}),
    ("what AWS gave up", with_inputs("database", caCertIdentifier="rds-ca-2019"), {"nothing_deprecated"}),
    ("what the SDK does not have", with_inputs("database", colour="red"), {"nothing_deprecated"}),
    ("a version beyond its support", with_inputs("database", engineVersion="13.23"),
     {"databases_supported", "engine_version_offered"}),
    ("a withdrawn version", with_inputs("database", engineVersion="14.7"), {"engine_version_offered"}),
    ("a major alone", with_inputs("database", engineVersion="14"), {"engine_version_offered"}),
    ("a password", with_inputs("database", password="[secret]"), {"secrets_stay_out"}),
    ("a password of one's own", with_inputs("database", manageMasterUserPassword=None), {"secrets_stay_out"}),
    ("a secret variable", with_inputs("payments", "lambda", environment=CLEAR), {"secrets_stay_out"}),
    ("one zone", with_inputs("database", multiAz=False), {"database_meets_requirements"}),
    ("a public database", with_inputs("database", publiclyAccessible=True),
     {"database_meets_requirements", "nothing_is_public"}),
    ("a day of backups", with_inputs("database", backupRetentionPeriod=1), {"database_meets_requirements"}),
    ("no log exports", with_inputs("database", enabledCloudwatchLogsExports=None), {"database_meets_requirements"}),
    ("Extended Support", with_inputs("database", engineLifecycleSupport=None), {"database_meets_requirements"}),
    ("an untraced function", with_inputs("payments", "lambda", tracingConfig=None), {"stages_and_functions_are_traced"}),
    ("an untraced stage", with_inputs("staging", xrayTracingEnabled=False), {"stages_and_functions_are_traced"}),
    ("an alarm that tells nobody", with_inputs("cpu", alarmActions=[]), {"alarms_reach_somebody"}),
    ("HTTPS without a certificate", with_inputs("web", protocol="HTTPS"), {"load_balancers_speak_tls"}),
    *GRANTS,
    *EXPOSURE,
]  # fmt: skip


def test_what_aws_itself_decides_is_let_be() -> None:
    """API Gateway names its log group after the API, and checks its logging role for every group of the account."""
    assert failed(_logging("logs:PutLogEvents")) == set()
    assert failed(with_inputs("execution", name="API-Gateway-Execution-Logs_api1/staging")) == set()


def test_a_private_range_is_not_the_internet() -> None:
    for inside in ("10.20.0.0/16", "172.16.5.0/24", "192.168.0.0/16", "100.64.0.0/10"):
        assert failed(with_inputs("alb-https", cidrIpv4=inside, fromPort=22, toPort=22)) == set()


def failed(plan: Plan, context: gates.GateContext = CONTEXT) -> set[str]:
    """The gates that do not pass."""
    return {finding.check for finding in gates.judge(plan, context) if finding.status is not Status.PASS}


def test_what_reaches_nothing_is_named() -> None:
    plan = with_operation(operation("random:index/randomId:RandomId", "r", {}))
    said = " ".join(finding.message for finding in gates.judge(plan, CONTEXT))
    assert "not judged, for they reach nothing outside of the state: random:index/randomId:RandomId" in said


def test_every_gate_passes_a_healthy_plan() -> None:
    assert failed(HEALTHY) == set()


@pytest.mark.parametrize(("plan", "expected"), [row[1:] for row in ROWS], ids=[row[0].replace(" ", "-") for row in ROWS])
def test_a_bad_plan_is_refused_by_exactly_its_gates(plan: Plan, expected: set[str]) -> None:
    assert failed(plan) == expected


@pytest.mark.parametrize("plan", HARMLESS)
def test_what_is_closed_and_encrypted_passes(plan: Plan) -> None:
    assert failed(plan) == set()


def test_every_gate_is_known_to_fail() -> None:
    assert set().union(*(row[2] for row in ROWS)) == set(GATES.rules())


def test_an_empty_plan_passes_no_gate() -> None:
    assert failed(Plan(operations=())) == set(GATES.rules())


def test_a_function_of_the_sdk_that_is_deprecated_shows_in_a_warning() -> None:
    """Such a use is in no resource's inputs."""
    for said in (
        "name is deprecated. Use region instead.",
        "The runtime is no longer supported",
        "It will be removed in v8",
        "Amazon QLDB is at its end of support",
    ):
        assert failed(HEALTHY, replace(CONTEXT, warnings=(said,))) == {"nothing_deprecated"}
    assert failed(HEALTHY, replace(CONTEXT, warnings=("something else",))) == set()


def test_a_credential_is_named_by_its_place_and_not_shown() -> None:
    plan = with_inputs("payments", "lambda", environment=_variable("postgresql://u:sesame@h/db"))
    said = [finding.message for finding in gates.judge(plan, CONTEXT) if finding.status is Status.FAIL]
    place = "environment.variables.UPSTREAM (Basic Auth Credentials)"
    assert said == [f"payments (aws:lambda/function:Function) holds what looks like a credential in {place}."]


def test_production_asks_for_protection() -> None:
    assert "database_meets_requirements" in failed(HEALTHY, replace(CONTEXT, environment="production"))


def test_a_deletion_within_the_limit_passes() -> None:
    """The operator raised the limit for one run, and only as far as needed."""
    plan = replacing("database", op="delete", inputs={}, old_inputs=DATABASE)
    assert "deletions_within_limit" in failed(plan)
    assert "deletions_within_limit" not in failed(plan, replace(CONTEXT, deletion_limit=1))


def test_a_class_that_the_sdk_does_not_have_is_unknown_and_the_others_are_judged() -> None:
    deprecated = operation("aws:s3/bucketV2:BucketV2", "b", {})
    plan = with_operation(operation("aws:s3/nonsense:Nonsense", "n", {}), deprecated)
    found = [f for f in GATES.rules()["nothing_deprecated"].findings(plan, CONTEXT) if f.status is not Status.PASS]
    assert [(f.status, f.resource) for f in found] == [(Status.UNKNOWN, "n"), (Status.FAIL, "b")]
    assert "aws:s3/nonsense:Nonsense" in found[0].message
