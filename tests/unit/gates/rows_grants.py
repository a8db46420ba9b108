"""Plans that allow too much, in the ways that come to mind once the plain ones are refused."""

from __future__ import annotations

import json
from typing import Any

from unit.gates.healthy_plan import document, operation, with_inputs, with_operation

from runbook_lib.plan import Plan
from runbook_lib.signatures import SECRET, SIGNATURE

POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ACCOUNT = "111122223333"
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
NARROW = {"grants_are_narrow"}
KNOWN = {"attached_policies_are_known"}

RESOURCE_POLICIES = {
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:s3/accessPoint:AccessPoint": "policy",
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:sqs/queue:Queue": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
    "aws:glacier/vault:Vault": "accessPolicy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
    "aws:codeartifact/domainPermissions:DomainPermissions": "policyDocument",
    "aws:acmpca/policy:Policy": "policy",
    "aws:vpclattice/resourcePolicy:ResourcePolicy": "policy",
    "aws:iot/policy:Policy": "policy",
}
"""A type of each service that has resource policies, and the property that holds one."""


def allowed(*actions: str, **extra: Any) -> Plan:
    """The plan with an identity policy."""
    resources = extra.pop("resources", None)
    return with_operation(operation(POLICY, "wide", {"policy": document(*actions, resources=resources, **extra)}))


def on(*resources: str) -> Plan:
    """The plan with a policy on resources that are not named."""
    return allowed("s3:GetObject", resources=list(resources))


def asking(**condition: Any) -> Plan:
    """The plan with a bucket that is open to everybody under a condition."""
    policy = document("s3:GetObject", Principal="*", Condition=condition)
    return with_operation(operation("aws:s3/bucketPolicy:BucketPolicy", "b", {"policy": policy}))


def trusting(principal: Any, **extra: Any) -> Plan:
    """The plan with a role that somebody may take on."""
    policy = document("sts:AssumeRole", resources=["arn:role"], Principal=principal, **extra)
    return with_inputs("payments", "iam/role", assumeRolePolicy=policy)


def attaching(arn: str, type_: str = ATTACHMENT, name: str = "policyArn") -> Plan:
    """The plan with a policy that is attached by its ARN."""
    return with_operation(operation(type_, "a", {name: arn}))


def _without(*elements: str) -> Plan:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Principal": {"AWS": ACCOUNT}}
    inverted = {f"Not{name}" if name in elements else name: value for name, value in statement.items()}
    policy = json.dumps({"Statement": [statement, inverted]})
    return with_operation(operation("aws:s3/bucketPolicy:BucketPolicy", "b", {"policy": policy}))


def subject(of: str) -> dict[str, Any]:
    """A condition on whom GitHub vouches for."""
    return {"StringLike": {"token.actions.githubusercontent.com:sub": of}}


GRANTS = [
    ("a source that is a pattern", asking(ArnLike={"aws:SourceArn": "arn:aws:s3:::*"}), NARROW),
    ("a source of any account", asking(ArnLike={"aws:SourceArn": "arn:aws:sns:us-east-1:*:topic"}), NARROW),
    ("a bucket that anybody may own", asking(ArnLike={"aws:SourceArn": "arn:aws:s3:::payments-*"}), NARROW),
    ("a role of any account", asking(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}), NARROW),
    ("an account that is a pattern", asking(StringLike={"aws:SourceAccount": "1*"}), NARROW),
    ("an account or everybody", asking(StringLike={"aws:SourceAccount": [ACCOUNT, "*"]}), NARROW),
    ("no account at all", asking(StringEquals={"aws:SourceAccount": []}), NARROW),
    ("any organization", asking(StringLike={"aws:PrincipalOrgID": "o-*"}), NARROW),
    ("an organization that the caller says", asking(StringEquals={"aws:PrincipalOrgID": "${aws:PrincipalOrgID}"}), NARROW),
    ("everybody but one account", asking(StringNotEquals={"aws:SourceAccount": ACCOUNT}), NARROW),
    ("all values of nothing", asking(**{"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}), NARROW),
    ("any value of a pattern", asking(**{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/r-1/*"}}), NARROW),
    ("half the addresses", asking(IpAddress={"aws:SourceIp": "0.0.0.0/1"}), NARROW),
    ("both halves", asking(IpAddress={"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}), NARROW),
    ("many small ranges", asking(IpAddress={"aws:SourceIp": [f"{n}.0.0.0/8" for n in range(11, 20)]}), NARROW),
    ("half of IPv6", asking(IpAddress={"aws:SourceIp": "8000::/1"}), NARROW),
    ("all addresses but one", asking(NotIpAddress={"aws:SourceIp": "203.0.113.7/32"}), NARROW),
    ("any user", asking(StringLike={"aws:userid": "A*"}), NARROW),
    ("who is authenticated", asking(Null={"aws:PrincipalArn": "false"}), NARROW),
    ("all principals but one", _without("Principal"), NARROW),
    ("all actions but one", _without("Action"), NARROW),
    ("all resources but one", allowed("s3:GetObject", resources=[], NotResource="arn:aws:s3:::b/*"), NARROW),
    ("a wide statement after a narrow one", _without("Principal", "Action", "Resource"), NARROW),
    ("a principal that is a pattern", trusting({"AWS": "arn:aws:iam::*:root"}), NARROW),
    ("a service that is a pattern", trusting({"Service": "*.amazonaws.com"}), NARROW),
    ("a role for everybody", trusting("*"), NARROW),
    ("a role for everybody with a password", trusting("*", Condition={"StringEquals": {"sts:ExternalId": "x"}}), NARROW),
    ("everybody's pipelines", trusting({"Federated": GITHUB}), NARROW),
    ("everybody's pipelines by audience", trusting({"Federated": GITHUB}, Condition={"StringEquals": {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}), NARROW),
    ("any repository", trusting({"Federated": GITHUB}, Condition=subject("repo:*")), NARROW),
    ("any identity of a pool", trusting({"Federated": "cognito-identity.amazonaws.com"}), NARROW),
    ("any role passed", allowed("iam:PassRole", resources=["*"]), NARROW),
    ("any role of the account passed", allowed("iam:PassRole", resources=[f"arn:aws:iam::{ACCOUNT}:role/*"]), NARROW),
    ("a role that writes roles", allowed("iam:PutRolePolicy", resources=[f"arn:aws:iam::{ACCOUNT}:role/payments"]), NARROW),
    ("a role that opens roles", allowed("iam:updateAssumeRolePolicy", resources=[
        f"arn:aws:iam::{ACCOUNT}:role/payments"]), NARROW),
    ("a role that passes another on", allowed("iam:PassRole", "lambda:CreateFunction", resources=[
        f"arn:aws:iam::{ACCOUNT}:role/payments", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:payments"]), NARROW),
    ("a role that writes code", allowed("lambda:UpdateFunctionCode", resources=[
        f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:payments"]), NARROW),
    ("an ARN of one letter", on("arn:aws:s3:::*a*"), NARROW),
    ("an ARN cut short", on("arn:aws:s3*"), NARROW),
    ("an ARN without end", on("arn:*"), NARROW),
    ("every character", on("?*"), NARROW),
    ("any service", on("arn:aws:*:us-east-1:111122223333:thing/name"), NARROW),
    ("any partition", on("arn:*:s3:::*"), NARROW),
    ("every index of every table", on("arn:aws:dynamodb:*:*:table/*/index/*"), NARROW),
    ("a type that is a pattern", on("arn:aws:iam::*:role*"), NARROW),
    ("nearly a type", on("arn:aws:iam::*:rol?/*"), NARROW),
    ("a policy that is spelt otherwise", with_operation(operation(POLICY, "e", {"policy": document(
        "*", resources=["*"]).replace('"Statement"', '"\\u0053tatement"')})), NARROW),
    ("a policy that is no JSON", with_operation(operation(POLICY, "e", {"policy": '{"Statement": '})), NARROW),
    ("a secret policy", with_operation(operation(POLICY, "s", {"policy": {SIGNATURE: SECRET, "value": "[secret]"}})), NARROW),
    ("an inline list of a group", with_operation(operation("aws:iam/groupPolicy:GroupPolicy", "g", {"policy": document(
        "*", resources=["*"])})), NARROW),
    *((f"everybody in {type_.rpartition(':')[2]} of {type_[4:8]}", with_operation(operation(type_, "r-staging-demo", {
        name: document("x:Read", Principal={"AWS": "*"})})), NARROW) for type_, name in RESOURCE_POLICIES.items()),
    ("power users", attaching("arn:aws:iam::aws:policy/PowerUserAccess"), KNOWN),
    ("all of IAM", attaching("arn:aws:iam::aws:policy/IAMFullAccess"), KNOWN),
    ("all of Lambda", attaching("arn:aws:iam::aws:policy/AWSLambda_FullAccess"), KNOWN),
    ("a user's administrator", attaching("arn:aws:iam::aws:policy/AdministratorAccess",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment"), KNOWN),
    ("a permission set's", attaching("arn:aws:iam::aws:policy/AdministratorAccess",
        "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", "managedPolicyArn"), KNOWN),
    ("a cluster's administrator", attaching("arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"), KNOWN),
    ("another partition's", attaching("arn:aws-cn:iam::aws:policy/AdministratorAccess"), KNOWN),
    ("a role for a job", attaching("arn:aws:iam::aws:policy/job-function/NetworkAdministrator"), KNOWN),
    ("one that nobody here knows", attaching("arn:aws:iam::aws:policy/service-role/AWSLambdaRole"), KNOWN),
    ("one of the account", attaching(f"arn:aws:iam::{ACCOUNT}:policy/made-by-hand"), KNOWN),
    ("a false friend", attaching(f"arn:aws:iam::{ACCOUNT}:policy/service-role/AWSLambdaBasicExecutionRole"), KNOWN),
]  # fmt: skip
