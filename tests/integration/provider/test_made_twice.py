"""What is there already is refused where AWS refuses it: who takes over another stack's resource deletes it at the end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from integration.provider.test_lifecycle import CASES

from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.lifecycle import Lifecycle
from runbook_lib.rehearsal.provider.session import Session

if TYPE_CHECKING:
    from integration.provider.harness import Case, Make

# AWS's own error code for the second one.
REFUSED = {
    "aws:apigateway/method:Method": "ConflictException",
    "aws:apigateway/methodResponse:MethodResponse": "ConflictException",
    "aws:apigateway/model:Model": "ConflictException",
    "aws:apigateway/resource:Resource": "ConflictException",
    "aws:apigateway/stage:Stage": "ConflictException",
    "aws:apigateway/usagePlanKey:UsagePlanKey": "ConflictException",
    "aws:cloudwatch/logGroup:LogGroup": "ResourceAlreadyExistsException",
    "aws:ec2/flowLog:FlowLog": "FlowLogAlreadyExists",
    "aws:ec2/internetGateway:InternetGateway": "Resource.AlreadyAssociated",
    "aws:ec2/networkAclRule:NetworkAclRule": "NetworkAclEntryAlreadyExists",
    "aws:ec2/route:Route": "RouteAlreadyExists",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "Resource.AlreadyAssociated",
    "aws:ec2/securityGroup:SecurityGroup": "InvalidGroup.Duplicate",
    "aws:ec2/securityGroupRule:SecurityGroupRule": "InvalidPermission.Duplicate",
    "aws:ec2/subnet:Subnet": "InvalidSubnet.Conflict",
    "aws:iam/policy:Policy": "EntityAlreadyExists",
    "aws:iam/role:Role": "EntityAlreadyExists",
    "aws:kms/alias:Alias": "AlreadyExistsException",
    "aws:lambda/alias:Alias": "ResourceConflictException",
    "aws:lambda/function:Function": "ResourceConflictException",
    "aws:lambda/permission:Permission": "ResourceConflictException",
    "aws:lb/listener:Listener": "DuplicateListener",
    "aws:lb/listenerRule:ListenerRule": "PriorityInUse",
    "aws:lb/loadBalancer:LoadBalancer": "DuplicateLoadBalancerName",
    "aws:lb/targetGroup:TargetGroup": "DuplicateTargetGroupName",
    "aws:rds/instance:Instance": "DBInstanceAlreadyExists",
    "aws:rds/parameterGroup:ParameterGroup": "DBParameterGroupAlreadyExists",
    "aws:rds/subnetGroup:SubnetGroup": "DBSubnetGroupAlreadyExists",
    "aws:s3/bucket:Bucket": "BucketAlreadyExists",
    "aws:secretsmanager/secret:Secret": "ResourceExistsException",
    "aws:ssm/parameter:Parameter": "ParameterAlreadyExists",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "InvalidPermission.Duplicate",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "InvalidPermission.Duplicate",
}
# AWS gives the second one an id of its own.
ANOTHER = {
    "aws:acm/certificate:Certificate",
    "aws:apigateway/apiKey:ApiKey",
    "aws:apigateway/deployment:Deployment",
    "aws:apigateway/requestValidator:RequestValidator",
    "aws:apigateway/restApi:RestApi",
    "aws:apigateway/usagePlan:UsagePlan",
    "aws:ec2/eip:Eip",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/networkAcl:NetworkAcl",
    "aws:ec2/networkAclAssociation:NetworkAclAssociation",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:kms/key:Key",
    "aws:secretsmanager/secretVersion:SecretVersion",
}
# AWS takes the second for the first, or for a new value of it: its call puts, attaches, registers, invokes or subscribes.
THE_SAME = {
    "aws:apigateway/account:Account",
    "aws:apigateway/integration:Integration",
    "aws:apigateway/integrationResponse:IntegrationResponse",
    "aws:apigateway/methodSettings:MethodSettings",
    "aws:apigateway/response:Response",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:lambda/invocation:Invocation",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
}

TOPIC, QUEUE = "aws:sns/topic:Topic", "aws:sqs/queue:Queue"
GROUP_RULE, SIDE_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.token)
def test_the_second_is_what_aws_makes_of_it(case: Case, aws: Session, make: Make) -> None:
    lifecycle = Lifecycle(case.token, aws)
    inputs, _ = lifecycle.check("subject", {}, case.inputs(make), b"twice")
    id_, outputs = lifecycle.create(inputs, preview=False)
    try:
        if code := REFUSED.get(case.token):
            with pytest.raises(ProviderError, match=f": {code}: "):
                lifecycle.create(inputs, preview=False)
            assert lifecycle.read(id_, outputs, inputs) == (outputs, inputs), "the first has been touched"
        else:
            again, made = lifecycle.create(inputs, preview=False)
            assert (again == id_) is (case.token in THE_SAME)
            if again != id_:
                assert case.token in ANOTHER
                lifecycle.delete(again, made)
    finally:
        lifecycle.delete(id_, outputs)


@pytest.mark.parametrize(
    ("token", "first", "second", "code"),
    [
        (TOPIC, {"tags": {"stack": "a"}}, {"tags": {"stack": "b"}}, "InvalidParameter: .*different tags"),
        (QUEUE, {"delaySeconds": 1}, {"delaySeconds": 2}, "QueueAlreadyExists"),
    ],
)
def test_the_same_name_with_something_else(
    aws: Session, make: Make, token: str, first: dict[str, Any], second: dict[str, Any], code: str
) -> None:
    make(token, name="of-another-stack", **first)
    with pytest.raises(ProviderError, match=code):
        Lifecycle(token, aws).create({"name": "of-another-stack", **second}, preview=False)


@pytest.mark.parametrize("token", [GROUP_RULE, SIDE_RULE])
def test_a_rule_that_its_group_has_inline(aws: Session, make: Make, token: str) -> None:
    """Also with another description, and among others."""
    ports: dict[str, Any] = {"fromPort": 443, "toPort": 443}
    inline = [{**ports, "protocol": "tcp", "cidrBlocks": ["10.1.0.0/16", "10.2.0.0/16"], "description": "inline"}]
    group = make("aws:ec2/securityGroup:SecurityGroup", vpcId=make.vpc(), description="a", ingress=inline)["id"]
    rules = {
        GROUP_RULE: {**ports, "type": "ingress", "protocol": "6", "cidrBlocks": ["10.3.0.0/16", "10.2.0.0/16"]},
        SIDE_RULE: {**ports, "ipProtocol": "tcp", "cidrIpv4": "10.2.0.0/16"},
    }
    with pytest.raises(ProviderError, match=rf"InvalidPermission.Duplicate: {group} ingress tcp 443-443 10.2.0.0/16 is there"):
        Lifecycle(token, aws).create({"securityGroupId": group, **rules[token]}, preview=False)
    make(SIDE_RULE, securityGroupId=group, ipProtocol="tcp", cidrIpv4="10.2.0.0/16", fromPort=80, toPort=80)


def test_two_at_once(make: Make) -> None:
    """Two of one program: one is made, the others are refused."""
    vpc = make.vpc()

    def subnet(_: int) -> str:
        try:
            return make.subnet(vpc)
        except ProviderError as error:
            return str(error)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(subnet, range(8)))
    assert sum(answer.startswith("subnet-") for answer in answers) == 1
    assert sum("InvalidSubnet.Conflict" in answer for answer in answers) == 7
