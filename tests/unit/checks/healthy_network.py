"""A healthy network and its firewalls."""

from __future__ import annotations

from ipaddress import IPv4Network

from unit.checks.healthy_outputs import FLOW_LOGS_GROUP, OUTPUTS, TAGS, ZONES, arn, named

from runbook_lib.snapshot.ec2 import Endpoint, NatGateway, Network, Route, RouteTable, Subnet
from runbook_lib.snapshot.firewalls import AclEntry, Firewalls, NetworkAcl, Rule, SecurityGroup
from runbook_lib.snapshot.flow_logs import FlowLog, FlowLogs

PRIVATE, PUBLIC = OUTPUTS.private_subnet_ids, OUTPUTS.public_subnet_ids


def _subnets() -> dict[str, Subnet]:
    return {
        name: Subnet(
            name=name,
            tags=named(name),
            zone=ZONES[index % 3],
            cidr=IPv4Network(f"10.20.{index}.0/24"),
            gives_public_addresses=False,
        )
        for index, name in enumerate(PRIVATE + PUBLIC)
    }


def _table(name: str, target: str, *subnets: str, made_by_aws: bool = False) -> RouteTable:
    routes = (Route(destination="10.20.0.0/16", target="local"), Route(destination="0.0.0.0/0", target=target))
    tags = {} if made_by_aws else named(name)
    return RouteTable(name=name, tags=tags, made_by_aws=made_by_aws, subnet_ids=subnets, routes=routes)


NETWORK = Network(
    name="vpc-1",
    tags=named("vpc"),
    cidr=IPv4Network("10.20.0.0/16"),
    region_zones=(*ZONES, "us-east-1d"),
    subnets=_subnets(),
    route_tables=(
        _table("main", "", made_by_aws=True),
        _table("public", "igw-1", *PUBLIC),
        *(_table(f"private-{i}", f"nat-{i}", f"private-{i}") for i in (1, 2, 3)),
    ),
    nat_gateways={
        f"nat-{i}": NatGateway(name=f"nat-{i}", tags=named(f"nat-{i}"), subnet_id=f"public-{i}", state="available")
        for i in (1, 2, 3)
    },
    internet_gateway_ids=("igw-1",),
    endpoints=(
        Endpoint(
            name="vpce-s3",
            tags=TAGS,
            service="s3",
            kind="Gateway",
            state="available",
            route_table_ids=("private-1", "private-2", "private-3"),
            subnet_ids=(),
        ),
        Endpoint(
            name="vpce-kms",
            tags=TAGS,
            service="kms",
            kind="Interface",
            state="available",
            route_table_ids=(),
            subnet_ids=PRIVATE,
        ),
    ),
)


def rule(port: int | None, peer: str, protocol: str = "tcp") -> Rule:
    """A rule for one port, or for all."""
    return Rule(protocol=protocol, first_port=port, last_port=port, peer=peer)


def group(name: str, ingress: tuple[Rule, ...], egress: tuple[Rule, ...], group_name: str = "") -> SecurityGroup:
    """A security group of the stack."""
    return SecurityGroup(name=name, tags=TAGS, group_name=group_name or name, ingress=ingress, egress=egress)


def acl(name: str, subnets: tuple[str, ...], *entries: AclEntry) -> NetworkAcl:
    """A network ACL of the stack."""
    return NetworkAcl(name=name, tags=TAGS, is_default=False, subnet_ids=subnets, entries=entries)


def entry(protocol: str, cidr: str, *ports: int, allows: bool = True) -> AclEntry:
    """An ingress entry; for all ports, unless the first and the last are given."""
    first, last = ports or (0, 65535)
    return AclEntry(number=100, egress=False, allows=allows, protocol=protocol, first_port=first, last_port=last, cidr=cidr)


FIREWALLS = Firewalls(
    groups={
        "sg-alb": group("sg-alb", (rule(80, "0.0.0.0/0"), rule(443, "0.0.0.0/0")), ()),
        "sg-lambda": group("sg-lambda", (), (rule(5432, "sg-database"), rule(443, "0.0.0.0/0"))),
        "sg-database": group("sg-database", (rule(5432, "sg-lambda"),), ()),
        "sg-default": group("sg-default", (), (), "default"),
    },
    acls=(
        acl(
            "acl-private",
            PRIVATE,
            entry("6", "10.20.0.0/16"),
            entry("6", "0.0.0.0/0", 1024, 65535),
            entry("-1", "0.0.0.0/0", allows=False),
        ),
        acl("acl-public", PUBLIC, entry("6", "0.0.0.0/0", 443, 443), entry("-1", "0.0.0.0/0", allows=False)),
    ),
)
FLOW_LOGS = FlowLogs(
    of_vpc=(
        FlowLog(
            name="fl-1",
            tags=named("flow-logs"),
            traffic="ALL",
            destination=arn("logs", f"log-group:{FLOW_LOGS_GROUP}"),
            active=True,
            delivery="SUCCESS",
            error="",
        ),
    )
)
