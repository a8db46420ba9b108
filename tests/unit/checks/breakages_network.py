"""Ways to break the network."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

from unit.checks.breakage import breaks
from unit.checks.healthy import broken, with_outputs
from unit.checks.healthy_network import FIREWALLS, FLOW_LOGS, NETWORK, acl, entry, group, rule
from unit.checks.healthy_outputs import TAGS

from runbook_lib.snapshot.ec2 import Route

SUBNETS, NATS = NETWORK.subnets, NETWORK.nat_gateways
MAIN, PUBLIC, *PRIVATE = NETWORK.route_tables
S3, KMS = NETWORK.endpoints
PRIVATE_ACL, PUBLIC_ACL = FIREWALLS.acls
HALVES = ("0.0.0.0/1", "128.0.0.0/1")
WEB = (rule(80, "0.0.0.0/0"), rule(443, "0.0.0.0/0"))


def _subnet(name: str, **changes: object):  # noqa: ANN202 - Snapshot, as everywhere in these tables
    return broken(NETWORK, subnets={**SUBNETS, name: replace(SUBNETS[name], **changes)})


def _group(name: str, *parts: object, **options: str):  # noqa: ANN202 - Snapshot
    return broken(FIREWALLS, groups={**FIREWALLS.groups, name: group(name, *parts, **options)})


def _flow_log(**changes: object):  # noqa: ANN202 - Snapshot
    return broken(FLOW_LOGS, of_vpc=(replace(FLOW_LOGS.of_vpc[0], **changes),))


def _acls(*acls: object):  # noqa: ANN202 - Snapshot
    return broken(FIREWALLS, acls=acls)


PAST_NAT = Route(destination="0.0.0.0/1", target="igw-1")
STRAY = replace(SUBNETS["public-1"], name="stray")
ROWS = (
    breaks("two subnets in one zone", _subnet("public-2", zone="us-east-1c"),
           "vpc_spans_three_zones", "private_subnets_use_zone_nat"),
    breaks("a zone the region lost", broken(NETWORK, region_zones=NETWORK.region_zones[1:]), "vpc_spans_three_zones"),
    breaks("overlapping subnets", _subnet("public-1", cidr=SUBNETS["public-2"].cidr), "subnets_do_not_overlap"),
    breaks("a subnet outside", _subnet("public-1", cidr=IPv4Network("10.99.0.0/24")), "subnets_do_not_overlap"),
    breaks(
        "a subnet nobody knows",
        broken(NETWORK, subnets={**SUBNETS, "stray": replace(STRAY, cidr=IPv4Network("10.20.99.0/24"))}),
        "outputs_name_live_resources",
    ),
    breaks("public addresses", _subnet("private-1", gives_public_addresses=True), "private_subnets_give_no_public_address"),
    breaks(
        "public subnets behind NAT",
        broken(NETWORK, route_tables=(MAIN, replace(PUBLIC, routes=PRIVATE[0].routes), *PRIVATE)),
        "public_subnets_reach_internet",
    ),
    breaks(
        "another zone's NAT gateway",
        broken(NETWORK, route_tables=(MAIN, PUBLIC, replace(PRIVATE[0], routes=PRIVATE[1].routes), *PRIVATE[1:])),
        "private_subnets_use_zone_nat",
    ),
    breaks(
        "private subnets on the internet gateway",
        broken(NETWORK, route_tables=(MAIN, PUBLIC, replace(PRIVATE[0], routes=PUBLIC.routes), *PRIVATE[1:])),
        "private_subnets_use_zone_nat",
    ),
    breaks(
        "a way past the NAT gateway",
        broken(NETWORK, route_tables=(MAIN, PUBLIC, replace(PRIVATE[0], routes=(*PRIVATE[0].routes, PAST_NAT)), *PRIVATE[1:])),
        "private_subnets_use_zone_nat",
    ),
    breaks(
        "no NAT gateway at all",
        with_outputs(nat_gateway_ids=(), availability_zones=()),
        "nat_gateways_available", "private_subnets_use_zone_nat", "outputs_name_live_resources", "vpc_spans_three_zones",
        "rds_in_private_subnets",
    ),
    breaks(
        "a failed NAT gateway",
        broken(NETWORK, nat_gateways={**NATS, "nat-1": replace(NATS["nat-1"], state="failed")}),
        "nat_gateways_available",
    ),
    breaks(
        "two NAT gateways for three zones",
        with_outputs(nat_gateway_ids=("nat-1", "nat-2")),
        "nat_gateways_available", "private_subnets_use_zone_nat", "outputs_name_live_resources",
    ),
    breaks("no flow logs", broken(FLOW_LOGS, of_vpc=()), "flow_logs_delivered"),
    breaks("flow logs of rejected traffic", _flow_log(traffic="REJECT"), "flow_logs_delivered"),
    breaks("flow logs that are not active", _flow_log(active=False), "flow_logs_delivered"),
    breaks("flow logs to a stranger's group", _flow_log(destination="arn:aws:logs:us-east-1:444455556666:log-group:theirs"),
           "flow_logs_delivered"),
    breaks("flow logs that may not write", _flow_log(delivery="FAILED", error="Access error"), "flow_logs_delivered"),
    breaks("SSH to the load balancer", _group("sg-alb", (*WEB, rule(22, "10.0.0.0/8")), ()), "alb_group_opens_web_only"),
    breaks("SSH from the internet in halves", _group("sg-alb", (*WEB, *(rule(22, half) for half in HALVES)), ()),
           "alb_group_opens_web_only"),
    breaks("everything to the load balancer", _group("sg-alb", (rule(None, "0.0.0.0/0", "-1"),), ()), "alb_group_opens_web_only"),
    breaks("a load balancer that calls out", _group("sg-alb", WEB, (rule(443, "0.0.0.0/0"),)), "alb_group_opens_web_only"),
    breaks(
        "functions that reach everything",
        _group("sg-lambda", (), (rule(5432, "sg-database"), rule(None, "0.0.0.0/0", "-1"))),
        "lambda_group_reaches_only_database_and_https",
    ),
    breaks(
        "functions without the database",
        _group("sg-lambda", (), (rule(443, "0.0.0.0/0"),)),
        "lambda_group_reaches_only_database_and_https",
    ),
    breaks(
        "functions that can be connected to",
        _group("sg-lambda", (rule(443, "sg-alb"),), FIREWALLS.groups["sg-lambda"].egress),
        "lambda_group_reaches_only_database_and_https",
    ),
    breaks(
        "a database open to the VPC",
        _group("sg-database", (rule(5432, "sg-lambda"), rule(5432, "10.20.0.0/16")), ()),
        "database_group_admits_only_lambda",
    ),
    breaks("a database that calls out", _group("sg-database", (rule(5432, "sg-lambda"),), WEB),
           "database_group_admits_only_lambda"),
    breaks(
        "an open default group",
        _group("sg-default", (), (rule(None, "0.0.0.0/0", "-1"),), group_name="default"),
        "default_security_group_closed",
    ),
    breaks(
        "the default network ACL",
        _acls(replace(FIREWALLS.acls[0], is_default=True), PUBLIC_ACL),
        "network_acls_fence_subnets",
    ),
    breaks(
        "a network ACL that admits anything",
        _acls(acl("acl-private", FIREWALLS.acls[0].subnet_ids, entry("-1", "0.0.0.0/0")), PUBLIC_ACL),
        "network_acls_fence_subnets",
    ),
    breaks("no network ACL", _acls(PUBLIC_ACL), "network_acls_fence_subnets"),
    *(
        breaks(f"a network ACL with {what}", _acls(PRIVATE_ACL, acl("acl-public", PUBLIC_ACL.subnet_ids, *entries)),
               "network_acls_fence_subnets")
        for what, entries in {
            "everything from half the internet": (entry("-1", "0.0.0.0/1"),),
            "SSH from both halves": (entry("6", "0.0.0.0/1", 22, 22), entry("6", "128.0.0.0/1", 22, 22)),
            "all TCP ports": (entry("6", "0.0.0.0/0"),),
            "all IPv6": (entry("-1", "::/0"),),
            "UDP": (entry("17", "0.0.0.0/0", 443, 443),),
        }.items()
    ),
    breaks(
        "a route table without S3",
        broken(NETWORK, endpoints=(replace(S3, route_table_ids=("private-1",)), KMS)),
        "vpc_endpoint_serves_s3",
    ),
    breaks(
        "an endpoint that is pending",
        broken(NETWORK, endpoints=(S3, replace(KMS, state="pending"))),
        "vpc_endpoints_available",
    ),
    breaks(
        "an endpoint in one subnet",
        broken(NETWORK, endpoints=(S3, replace(KMS, subnet_ids=("private-1",)))),
        "vpc_endpoints_available",
    ),
    breaks("an untagged subnet", _subnet("public-1", tags={"Environment": "staging"}), "resources_tagged"),
    breaks("another migration's tag", _subnet("public-1", tags={**TAGS, "MigrationDate": "2020-01-01"}), "resources_tagged"),
    breaks("a Name without suffix", _subnet("public-1", tags={**TAGS, "Name": "public"}), "resources_named"),
)  # fmt: skip
