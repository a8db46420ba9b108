# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's
"""Load balancing: what all its types share, and the load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.base import Properties, Resource, given, only, tag_list, tag_map
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

# Pulumi's property, AWS's attribute; all of these are booleans or numbers, which AWS spells as text.
ATTRIBUTES = {
    "enableDeletionProtection": "deletion_protection.enabled",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "enableHttp2": "routing.http2.enabled",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "clientKeepAlive": "client_keep_alive.seconds",
}
# Each of them that pulumi-aws has a default for, which is what it goes back to.
CLEARED = {
    "clientKeepAlive": 3600,
    "desyncMitigationMode": "defensive",
    "dropInvalidHeaderFields": False,
    "enableCrossZoneLoadBalancing": False,
    "enableDeletionProtection": False,
    "enableHttp2": True,
    "enableTlsVersionAndCipherSuiteHeaders": False,
    "enableWafFailOpen": False,
    "enableXffClientPort": False,
    "idleTimeout": 60,
    "preserveHostHeader": False,
    "xffHeaderProcessingMode": "append",
}
LOGS = {"accessLogs": "access_logs.s3", "connectionLogs": "connection_logs.s3"}


class ElbResource(Resource):
    """Base of the load balancing types: their id is their ARN."""

    service = "elbv2"

    def tag(self, aws: Session, id_: str, state: Properties, add: dict[str, str], remove: list[str]) -> None:
        if remove:
            self.client(aws).remove_tags(ResourceArns=[id_], TagKeys=remove)
        if add:
            self.client(aws).add_tags(ResourceArns=[id_], Tags=tag_list(add))

    def tags_of(self, aws: Session, id_: str) -> dict[str, str]:
        """The live tags."""
        answer = self.client(aws).describe_tags(ResourceArns=[id_])
        return tag_map(answer["TagDescriptions"][0]["Tags"])


def attribute_text(value: Any) -> str:
    """An attribute as AWS takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def typed(text: str) -> Any:
    """An attribute's text as Pulumi has it."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() else text


@resource("aws:lb/loadBalancer:LoadBalancer")
class LoadBalancer(ElbResource):
    """A load balancer."""

    autoname = "name"
    autoname_max = 32
    replace_on = frozenset({"name", "internal", "loadBalancerType"})
    sets = frozenset({"subnets", "securityGroups"})
    absent = frozenset({"LoadBalancerNotFound"})
    supports = frozenset({"name", "internal", "loadBalancerType", "subnets", "securityGroups", "ipAddressType"}) | {
        *ATTRIBUTES,
        *LOGS,
    }
    cleared = CLEARED

    def create(self, aws: Session, inputs: Properties) -> str:
        arguments = given(
            inputs,
            Name="name",
            Subnets="subnets",
            SecurityGroups="securityGroups",
            Type="loadBalancerType",
            IpAddressType="ipAddressType",
        )
        scheme = "internal" if inputs.get("internal") else "internet-facing"
        answer = self.client(aws).create_load_balancer(Scheme=scheme, **arguments)
        arn = str(answer["LoadBalancers"][0]["LoadBalancerArn"])
        self.client(aws).get_waiter("load_balancer_available").wait(LoadBalancerArns=[arn])
        return arn

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        wanted = {key: attribute_text(new[name]) for name, key in ATTRIBUTES.items() if name in changed & new.keys()}
        for name, key in LOGS.items():
            if name in changed:
                wanted |= _log_attributes(key, new.get(name) or {})
        if wanted:
            attributes = [{"Key": key, "Value": value} for key, value in sorted(wanted.items())]
            self.client(aws).modify_load_balancer_attributes(LoadBalancerArn=id_, Attributes=attributes)

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        elb = self.client(aws)
        given_anew = changed & new.keys()  # pulumi-aws leaves these three as they are once the program is silent
        if "subnets" in given_anew:
            elb.set_subnets(LoadBalancerArn=id_, Subnets=new["subnets"])
        if "securityGroups" in given_anew:
            elb.set_security_groups(LoadBalancerArn=id_, SecurityGroups=new["securityGroups"])
        if "ipAddressType" in given_anew:
            elb.set_ip_address_type(LoadBalancerArn=id_, IpAddressType=new["ipAddressType"])
        self.configure(aws, id_, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        elb = self.client(aws)
        balancer = only(elb.describe_load_balancers(LoadBalancerArns=[id_])["LoadBalancers"])
        answer = elb.describe_load_balancer_attributes(LoadBalancerArn=id_)
        attributes = {each["Key"]: each["Value"] for each in answer["Attributes"]}
        live = {name: typed(attributes[key]) for name, key in ATTRIBUTES.items() if key in attributes}
        for name, key in LOGS.items():
            if name in state:
                live[name] = {part: typed(attributes.get(f"{key}.{part}", "")) for part in ("enabled", "bucket", "prefix")}
        return live | {
            "arn": id_,
            "arnSuffix": id_.partition(":loadbalancer/")[2],
            "name": balancer["LoadBalancerName"],
            "dnsName": balancer["DNSName"],
            "zoneId": balancer.get("CanonicalHostedZoneId"),
            "internal": balancer["Scheme"] == "internal",
            "loadBalancerType": balancer["Type"],
            "ipAddressType": balancer.get("IpAddressType", "ipv4"),
            "vpcId": balancer.get("VpcId"),
            "subnets": sorted(zone["SubnetId"] for zone in balancer.get("AvailabilityZones", ())),
            "securityGroups": sorted(balancer.get("SecurityGroups", ())),
            "tagsAll": self.tags_of(aws, id_),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_load_balancer(LoadBalancerArn=id_)


def _log_attributes(key: str, logs: Properties) -> dict[str, str]:
    if not logs.get("enabled", bool(logs)):
        return {f"{key}.enabled": "false"}
    parts = {f"{key}.{part}": str(logs[part]) for part in ("bucket", "prefix") if logs.get(part)}
    return {f"{key}.enabled": "true", **parts}
