"""The load balancer: the same function, reached without API Gateway."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from naming import Limit
from network_acls import HTTP, HTTPS
from storage import LOAD_BALANCER_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from context import Context
    from storage import AccessLogStore

_PATHS = ("/payments", "/health")
_UNKNOWN_PATH = {"type": "about:blank", "title": "There is nothing at this path", "status": 404}


@dataclass(frozen=True)
class LoadBalancerArgs:
    """Where it stands, what it calls and where it is logged."""

    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    internet_gateway: pulumi.Resource
    function: aws.lambda_.Function
    access_logs: AccessLogStore


class LoadBalancer(pulumi.ComponentResource):
    """ALB, Lambda target group and listeners: HTTPS with a redirect where there is a certificate."""

    def __init__(self, name: str, context: Context, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:network:LoadBalancer", name, None, opts)
        self._context = context
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.balancer = self._balancer()
        self.target_group = self._target()
        certificate = context.config.certificate_arn
        if certificate is None:
            self._serve(self._listener("http", HTTP))
        else:
            self._redirect()
            self._serve(self._listener("https", HTTPS, certificate))
        self.register_outputs({"dns_name": self.balancer.dns_name})

    def _balancer(self) -> aws.lb.LoadBalancer:
        args = self._args
        return aws.lb.LoadBalancer(
            "payments",
            name=self._context.names("payments", Limit.LOAD_BALANCER),
            load_balancer_type="application",
            internal=False,
            subnets=args.subnet_ids,
            security_groups=[args.security_group_id],
            drop_invalid_header_fields=True,
            enable_deletion_protection=self._context.config.protected,
            access_logs=aws.lb.LoadBalancerAccessLogsArgs(
                bucket=args.access_logs.bucket.bucket, prefix=LOAD_BALANCER_PREFIX, enabled=True
            ),
            # AWS writes a test object when access logs are switched on, and refuses to face an internet that is not there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.access_logs.policy, args.internet_gateway]),
        )

    def _target(self) -> aws.lb.TargetGroup:
        function = self._args.function
        group = aws.lb.TargetGroup(
            "payments",
            name=self._context.names("payments", Limit.LOAD_BALANCER),
            target_type="lambda",
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                enabled=True,
                path="/health",
                matcher="200",
                interval=35,  # seconds; each check is a paid invocation
                timeout=30,
                healthy_threshold=2,
                unhealthy_threshold=2,
            ),
            opts=self._child,
        )
        permission = aws.lambda_.Permission(
            "load-balancer",
            statement_id="FromLoadBalancer",
            action="lambda:InvokeFunction",
            function=function.name,
            principal="elasticloadbalancing.amazonaws.com",
            source_arn=group.arn,
            opts=self._child,
        )
        aws.lb.TargetGroupAttachment(
            "payments",
            target_group_arn=group.arn,
            target_id=function.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
        return group

    def _listener(self, name: str, port: int, certificate: str | None = None) -> aws.lb.Listener:
        """Listen, and answer 404 by itself to all that no rule forwards: scanners cost no invocation."""
        unknown = aws.lb.ListenerDefaultActionFixedResponseArgs(
            content_type="application/json", message_body=json.dumps(_UNKNOWN_PATH), status_code="404"
        )
        return aws.lb.Listener(
            name,
            load_balancer_arn=self.balancer.arn,
            port=port,
            protocol=name.upper(),
            certificate_arn=certificate,
            ssl_policy=None if certificate is None else "ELBSecurityPolicy-TLS13-1-2-2021-06",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="fixed-response", fixed_response=unknown)],
            opts=self._child,
        )

    def _serve(self, listener: aws.lb.Listener) -> None:
        paths = aws.lb.ListenerRuleConditionPathPatternArgs(values=list(_PATHS))
        aws.lb.ListenerRule(
            "payments",
            listener_arn=listener.arn,
            priority=10,
            conditions=[aws.lb.ListenerRuleConditionArgs(path_pattern=paths)],
            actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=self.target_group.arn)],
            opts=self._child,
        )

    def _redirect(self) -> None:
        to_https = aws.lb.ListenerDefaultActionRedirectArgs(port=str(HTTPS), protocol="HTTPS", status_code="HTTP_301")
        aws.lb.Listener(
            "http",
            load_balancer_arn=self.balancer.arn,
            port=HTTP,
            protocol="HTTP",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="redirect", redirect=to_https)],
            opts=self._child,
        )
