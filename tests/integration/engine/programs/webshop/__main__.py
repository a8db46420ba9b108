"""A stack as someone else would write it: a web shop on pulumi_aws, which knows nothing of this project."""

import json

import pulumi
import pulumi_aws as aws

zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
vpc = aws.ec2.Vpc("shop", cidr_block="10.20.0.0/16", enable_dns_hostnames=True, tags={"Name": "shop"})
gateway = aws.ec2.InternetGateway("shop", vpc_id=vpc.id)
routes = aws.ec2.RouteTable(
    "public", vpc_id=vpc.id, routes=[aws.ec2.RouteTableRouteArgs(cidr_block="0.0.0.0/0", gateway_id=gateway.id)]
)


class Subnets(pulumi.ComponentResource):
    """A public and a private subnet in every zone."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("shop:network:Subnets", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        self.public, self.private = [], []
        for index, zone in enumerate(zones):
            for kind, offset, group in (("public", 0, self.public), ("private", 100, self.private)):
                subnet = aws.ec2.Subnet(
                    f"{kind}-{index}",
                    vpc_id=vpc.id,
                    availability_zone=zone,
                    cidr_block=f"10.20.{offset + index}.0/24",
                    map_public_ip_on_launch=kind == "public",
                    opts=inside,
                )
                group.append(subnet.id)
            aws.ec2.RouteTableAssociation(f"public-{index}", subnet_id=self.public[index], route_table_id=routes.id, opts=inside)
        self.register_outputs({"public": self.public, "private": self.private})


subnets = Subnets("subnets")
web = aws.ec2.SecurityGroup(
    "web",
    vpc_id=vpc.id,
    ingress=[{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}],
    egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
)
role = aws.iam.Role(
    "handler",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
        }
    ),
)
aws.iam.RolePolicyAttachment(
    "handler", role=role.name, policy_arn="arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
)
bucket = aws.s3.Bucket("orders")
aws.s3.BucketVersioning("orders", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
aws.s3.BucketPublicAccessBlock(
    "orders", bucket=bucket.id, block_public_acls=True, block_public_policy=True, restrict_public_buckets=True
)
key = aws.kms.Key("shop", description="the shop's key", enable_key_rotation=True)
aws.kms.Alias("shop", name="alias/shop", target_key_id=key.key_id)
topic = aws.sns.Topic("alarms", kms_master_key_id=key.arn)
queue = aws.sqs.Queue("mail", visibility_timeout_seconds=60)
aws.sns.TopicSubscription("mail", topic=topic.arn, protocol="sqs", endpoint=queue.arn)
logs = aws.cloudwatch.LogGroup("handler", retention_in_days=30)
handler = aws.lambda_.Function(
    "handler",
    role=role.arn,
    runtime="python3.12",
    handler="index.handler",
    code=pulumi.AssetArchive({"index.py": pulumi.StringAsset("def handler(event, context):\n    return event\n")}),
    vpc_config={"subnet_ids": subnets.private, "security_group_ids": [web.id]},
    environment={"variables": {"BUCKET": bucket.bucket}},
)
aws.cloudwatch.MetricAlarm(
    "errors",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    metric_name="Errors",
    namespace="AWS/Lambda",
    period=60,
    statistic="Sum",
    threshold=0,
    alarm_actions=[topic.arn],
    dimensions={"FunctionName": handler.name},
)
pulumi.export("vpc_id", vpc.id)
pulumi.export("bucket", bucket.bucket)
pulumi.export("runtime", handler.runtime)
pulumi.export("zones", zones)
