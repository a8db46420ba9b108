"""Plans that open, or write or send in clear, what the plain rows do not know."""

from __future__ import annotations

import base64
import json
from typing import Any

from unit.gates.healthy_plan import operation, with_inputs, with_operation

from runbook_lib.plan import Plan
from runbook_lib.signatures import SECRET, SIGNATURE

VARIABLE = {"name": "A", "value": "x"}
PROVIDED = {"resources_use_tagged_provider"}
SECRETS = {"secrets_stay_out"}
PUBLIC, STORED, SENT, CLOSED = {"nothing_is_public"}, {"storage_is_encrypted"}, {"traffic_is_encrypted"}, {"functions_are_closed"}
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
GRANT = {"grants": [{"grantee": {"type": "Group", "uri": ALL_USERS}, "permission": "READ"}]}
SEARCH = {"encryptAtRest": {"enabled": True}, "nodeToNodeEncryption": {"enabled": True},
    "domainEndpointOptions": {"enforceHttps": True}, "vpcOptions": {"subnetIds": ["<computed>"]}}  # fmt: skip
CHAIN = {"defaultCacheBehavior": {"viewerProtocolPolicy": "redirect-to-https"}}
DISK = {"rootBlockDevice": {"encrypted": True}}
EMAIL = {"topic": "<computed>", "protocol": "email", "endpoint": "a@payments.bank"}
REPLICAS = {"atRestEncryptionEnabled": True, "transitEncryptionEnabled": True}


VERSIONS: dict[str, dict[str, Any]] = {
    "aws:eks/cluster:Cluster": {"version": "1.35"},
    "aws:opensearch/domain:Domain": {"engineVersion": "OpenSearch_2.19"},
    "aws:elasticache/replicationGroup:ReplicationGroup": {"engine": "valkey", "engineVersion": "8.0"},
    "aws:elasticache/cluster:Cluster": {"engineVersion": "7.1"},
    "aws:mq/broker:Broker": {"engineType": "RabbitMQ", "engineVersion": "3.13"},
    "aws:msk/cluster:Cluster": {"kafkaVersion": "3.8.x"},
}
"""What a supported version of each is, for rows that are about something else."""


def more(token: str, **inputs: Any) -> Plan:
    """The plan with one resource more."""
    return with_operation(operation(token, "more-staging-demo", VERSIONS.get(token, {}) | inputs))


def permission(**inputs: Any) -> Plan:
    """The plan with a permission on a function."""
    return with_inputs("api", "permission", **{"sourceArn": None, **inputs})


EXPOSURE = [
    ("a public Redshift", more("aws:redshift/cluster:Cluster", encrypted="true", publiclyAccessible=True), PUBLIC),
    ("a public Aurora instance", more("aws:rds/clusterInstance:ClusterInstance", publiclyAccessible=True), PUBLIC),
    ("a cluster's public endpoint", more("aws:eks/cluster:Cluster", vpcConfig={"endpointPublicAccess": True}), PUBLIC),
    ("a cluster's default endpoint", more("aws:eks/cluster:Cluster", vpcConfig={"subnetIds": []}), PUBLIC),
    ("a search domain outside of any VPC", more("aws:opensearch/domain:Domain", **{**SEARCH, "vpcOptions": None}), PUBLIC),
    ("a public machine", more("aws:ec2/instance:Instance", associatePublicIpAddress=True, **DISK), PUBLIC),
    ("a public task", more("aws:ecs/service:Service", networkConfiguration={"assignPublicIp": True}), PUBLIC),
    ("a public image", more("aws:ec2/amiLaunchPermission:AmiLaunchPermission", group="all"), PUBLIC),
    ("a public snapshot", more("aws:rds/snapshot:Snapshot", sharedAccounts=["1", "all"]), PUBLIC),
    ("a public list", more("aws:s3/bucketAcl:BucketAcl", acl="public-read"), PUBLIC),
    ("a public list in full", more("aws:s3/bucketAcl:BucketAcl", accessControlPolicy=GRANT), PUBLIC),
    ("a public object", more("aws:s3/bucketObjectv2:BucketObjectv2", acl="authenticated-read"), PUBLIC),
    ("an account that may be public", more("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        blockPublicAcls=False), PUBLIC),
    ("a website", more("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", bucket="b"), PUBLIC),
    ("a public registry", more("aws:ecrpublic/repository:Repository"), PUBLIC),
    ("a notebook on the internet", more("aws:sagemaker/notebookInstance:NotebookInstance"), PUBLIC),
    ("an SFTP server on the internet", more("aws:transfer/server:Server"), PUBLIC),
    ("anybody's identity", more("aws:cognito/identityPool:IdentityPool", allowUnauthenticatedIdentities=True), PUBLIC),
    ("an open method", more("aws:apigateway/method:Method", httpMethod="POST", authorization="NONE"), PUBLIC),
    ("an open route", more("aws:apigatewayv2/route:Route", routeKey="POST /"), PUBLIC),
    ("a broker's public side", more("aws:mq/broker:Broker", publiclyAccessible=True), PUBLIC),
    ("a machine's disk in clear", more("aws:ec2/instance:Instance"), STORED),
    ("a machine's second disk in clear", more("aws:ec2/instance:Instance", rootBlockDevice={"encrypted": True},
        ebsBlockDevices=[{"encrypted": True}, {"deviceName": "/dev/sdf"}]), STORED),
    ("a template's disk in clear", more("aws:ec2/launchTemplate:LaunchTemplate",
        blockDeviceMappings=[{"ebs": {"volumeSize": 8}}]), STORED),
    ("a search domain in clear", more("aws:opensearch/domain:Domain", **{**SEARCH, "encryptAtRest": None}), STORED),
    ("a stream in clear", more("aws:kinesis/stream:Stream", encryptionType="NONE"), STORED),
    ("a stream in clear by default", more("aws:kinesis/stream:Stream"), STORED),
    ("a queue told to write in clear", more("aws:sqs/queue:Queue", sqsManagedSseEnabled=False), STORED),
    ("an artifact in clear", more("aws:codebuild/project:Project", artifacts={"type": "S3", "encryptionDisabled": True}), STORED),
    ("a desktop in clear", more("aws:workspaces/workspace:Workspace", rootVolumeEncryptionEnabled=True), STORED),
    ("a cache in clear", more("aws:elasticache/replicationGroup:ReplicationGroup",
        **{**REPLICAS, "atRestEncryptionEnabled": False}), STORED),
    ("a cache that speaks in clear", more("aws:elasticache/replicationGroup:ReplicationGroup",
        **{**REPLICAS, "transitEncryptionEnabled": None}), SENT),
    ("a cache node that speaks in clear", more("aws:elasticache/cluster:Cluster", engine="redis"), SENT),
    ("brokers that speak in clear too", more("aws:msk/cluster:Cluster",
        encryptionInfo={"encryptionInTransit": {"clientBroker": "TLS_PLAINTEXT"}}), SENT),
    ("a search domain by HTTP", more("aws:opensearch/domain:Domain", **{**SEARCH, "domainEndpointOptions": None}), SENT),
    ("a distribution by HTTP", more("aws:cloudfront/distribution:Distribution",
        defaultCacheBehavior={"viewerProtocolPolicy": "allow-all"}), SENT),
    ("an origin by HTTP", more("aws:cloudfront/distribution:Distribution", **CHAIN,
        origins=[{"customOriginConfig": {"originProtocolPolicy": "http-only"}}]), SENT),
    ("alarms by HTTP", more("aws:sns/topicSubscription:TopicSubscription", **{**EMAIL, "protocol": "http"}), SENT),
    ("a proxy that takes clear text", more("aws:rds/proxy:Proxy", engineFamily="POSTGRESQL"), SENT),
    ("a disk mounted in clear", more("aws:ecs/taskDefinition:TaskDefinition",
        volumes=[{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "f"}}]), SENT),
    ("a container's password", more("aws:ecs/taskDefinition:TaskDefinition", containerDefinitions=json.dumps(
        [{"name": "c", "environment": [{"name": "DB_PASSWORD", "value": "x"}]}])), SECRETS),
    ("a build's password", more("aws:codebuild/project:Project",
        environment={"environmentVariables": [{"name": "API_TOKEN", "value": "x"}]}), SECRETS),
    ("a service's password", more("aws:apprunner/service:Service", networkConfiguration={"ingressConfiguration": {
        "isPubliclyAccessible": False}}, sourceConfiguration={"imageRepository": {"imageConfiguration": {
            "runtimeEnvironmentVariables": {"DB_PASSWORD": "x"}}}}), SECRETS),
    ("a connection's password", more("aws:glue/connection:Connection", connectionProperties={"PASSWORD": "x"}), SECRETS),
    ("a script's password", more("aws:ec2/launchTemplate:LaunchTemplate", userData="#!/bin/sh\nexport DB_PASSWORD=x\n"), SECRETS),
    ("a script's password in base64", more("aws:ec2/launchTemplate:LaunchTemplate",
        userData=base64.b64encode(b"#!/bin/sh\nexport DB_PASSWORD='x'\n ").decode()), SECRETS),
    ("a password that Pulumi keeps", with_inputs("payments", "lambda", environment={"variables": {
        "DB_PASSWORD": {SIGNATURE: SECRET, "value": "[secret]"}}}), SECRETS),
    ("another provider's password", with_operation(operation("kubernetes:core/v1:ConfigMap", "k", {
        "data": {"url": "postgresql://u:pw@h/db"}})), {*SECRETS, *PROVIDED}),
    ("a role by another provider", with_operation(operation("aws-native:iam:Role", "n", {"roleName": "x"})), PROVIDED),
    ("a stack of CloudFormation", more("aws:cloudformation/stack:Stack", templateBody="Resources: {}"), PROVIDED),
    ("a resource of Cloud Control", more("aws:cloudcontrol/resource:Resource", typeName="AWS::IAM::Role"), PROVIDED),
    ("a share with strangers", more("aws:ram/resourceShare:ResourceShare", allowExternalPrincipals=True), PUBLIC),
    ("a command", with_operation(operation("command:local:Command", "c", {"create": "true"})), PROVIDED),
    ("another provider's data", with_operation(operation("azure:storage/account:Account", "k", {}, op="delete")),
     {"deletions_within_limit"}),
    ("a function for any bucket", permission(principal="s3.amazonaws.com", sourceArn="arn:aws:s3:::*"), CLOSED),
    ("a function for any topic", permission(principal="sns.amazonaws.com", sourceArn="arn:aws:sns:*:*:*"), CLOSED),
    ("a function for any account", permission(principal="*", sourceAccount="*"), CLOSED),
    ("a function for any role", permission(principal="arn:aws:iam::*:root"), CLOSED),
    ("a URL without a word", more("aws:lambda/functionUrl:FunctionUrl"), CLOSED),
    ("a layer for everybody", more("aws:lambda/layerVersionPermission:LayerVersionPermission", principal="*"), CLOSED),
]  # fmt: skip
HARMLESS = [
    more("aws:ecs/taskDefinition:TaskDefinition", containerDefinitions=json.dumps(
        [{"name": "c", "secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:s"}], "environment": [VARIABLE]}])),
    more("aws:ec2/launchTemplate:LaunchTemplate", userData="#!/bin/sh\nexport DB_PASSWORD=$(aws secretsmanager get)\n"),
    more("aws:rds/parameterGroup:ParameterGroup", name="p-staging-demo",
         parameters=[{"name": "password_encryption", "value": "scram-sha-256"}]),
    with_operation(operation("random:index/randomId:RandomId", "r", {"byteLength": 4})),
    more("aws:opensearch/domain:Domain", **SEARCH),
    more("aws:eks/cluster:Cluster", vpcConfig={"endpointPublicAccess": False}),
    more("aws:kinesis/stream:Stream", encryptionType="KMS"),
    more("aws:sqs/queue:Queue", name="q"),
    more("aws:elasticache/replicationGroup:ReplicationGroup", **REPLICAS),
    more("aws:cloudfront/distribution:Distribution", **CHAIN),
    more("aws:apigateway/method:Method", httpMethod="POST", authorization="NONE", apiKeyRequired=True),
    more("aws:apigateway/method:Method", httpMethod="OPTIONS", authorization="NONE"),
    more("aws:apigatewayv2/route:Route", authorizationType="AWS_IAM"),
    more("aws:redshift/cluster:Cluster", encrypted="true", publiclyAccessible=False),
    more("aws:sns/topicSubscription:TopicSubscription", **EMAIL),
    permission(principal="s3.amazonaws.com", sourceArn="arn:aws:s3:::payments-audit"),
    permission(principal="events.amazonaws.com", sourceAccount="111122223333"),
    permission(principal="arn:aws:iam::111122223333:role/caller"),
]  # fmt: skip
