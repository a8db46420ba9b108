"""Flow logs: who talked to whom in the VPC, for the day somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

import policies
from naming import Limit

if TYPE_CHECKING:
    from context import Context


@dataclass(frozen=True)
class FlowLogsArgs:
    """The VPC that is watched and the log group that keeps what was seen."""

    vpc_id: pulumi.Input[str]
    group_arn: pulumi.Input[str]


class FlowLogs(pulumi.ComponentResource):
    """All traffic of the VPC, accepted and rejected."""

    def __init__(self, name: str, context: Context, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:network:FlowLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            "flow-logs",
            name=context.names("flow-logs", Limit.ROLE),
            assume_role_policy=pulumi.Output.json_dumps(
                policies.trust(
                    "vpc-flow-logs.amazonaws.com", account=context.account, source=context.arn("ec2", "vpc-flow-log/*")
                )
            ),
            opts=child,
        )
        # The actions that the VPC guide names ("IAM role for publishing flow logs to CloudWatch Logs"), on its own group only.
        verbs = ("CreateLogGroup", "CreateLogStream", "DescribeLogGroups", "DescribeLogStreams", "PutLogEvents")
        write = policies.allow(
            "WriteFlowLogs",
            [f"logs:{verb}" for verb in verbs],
            [args.group_arn, pulumi.Output.format("{0}:*", args.group_arn)],
        )
        policy = aws.iam.RolePolicy(
            "flow-logs",
            name=context.names("flow-logs"),
            role=role.name,
            policy=pulumi.Output.json_dumps(policies.document(write)),
            opts=child,
        )
        aws.ec2.FlowLog(
            "vpc",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=args.group_arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=600,  # seconds; a tenth of the log volume of 60
            tags={"Name": context.names("flow-logs")},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.register_outputs({})
