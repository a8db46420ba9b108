"""N1: subnet arithmetic, by literal expectation and by property."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

from cidr import ZONES, plan_subnets
from hypothesis import given
from hypothesis import strategies as st

VPCS = st.builds(
    lambda address, prefix: IPv4Network((address, prefix), strict=False),
    st.ip_addresses(v=4, network="10.0.0.0/8").map(int),
    st.integers(16, 22),
)


def test_a_16_is_divided_as_written_down() -> None:
    plan = plan_subnets(IPv4Network("10.20.0.0/16"))
    assert [str(block) for block in plan.private] == ["10.20.0.0/18", "10.20.64.0/18", "10.20.128.0/18"]
    assert [str(block) for block in plan.public] == ["10.20.192.0/20", "10.20.208.0/20", "10.20.224.0/20"]


@given(VPCS)
def test_there_is_one_subnet_of_each_kind_per_zone(vpc: IPv4Network) -> None:
    plan = plan_subnets(vpc)
    assert (len(plan.private), len(plan.public)) == (ZONES, ZONES)


@given(VPCS)
def test_no_two_subnets_overlap(vpc: IPv4Network) -> None:
    plan = plan_subnets(vpc)
    assert not [pair for pair in combinations((*plan.private, *plan.public), 2) if pair[0].overlaps(pair[1])]


@given(VPCS)
def test_every_subnet_lies_in_the_vpc_and_is_large_enough_for_a_load_balancer(vpc: IPv4Network) -> None:
    plan = plan_subnets(vpc)
    subnets = (*plan.private, *plan.public)
    assert all(block.subnet_of(vpc) for block in subnets)
    assert all(block.num_addresses >= 32 for block in subnets)
