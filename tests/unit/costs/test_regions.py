"""Each resource is priced where it is, or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from unit.costs.planned import BASELINE, UNKNOWN, Planned, make, price

from runbook_lib import costs
from runbook_lib.costs import prices
from runbook_lib.costs.price_list import PriceList

FRANKFURT = "urn:pulumi:staging::payments::pulumi:providers:aws::frankfurt"
PROVIDER = Planned("pulumi:providers:aws", "frankfurt", "create", {"region": "eu-central-1"})
RATES = {"us-east-1": "0.045", "eu-central-1": "0.052"}


def listed(region: str, *, rates: dict[str, str] = RATES) -> PriceList:
    """A list with the rate of NAT gateways and their data, or none."""
    if region not in rates:
        return PriceList(region=region, rates={}, missing={})
    header = "key,service_code,unit,usd,tier_begin,tier_end,as_of,source_1,confirmed_by_two,note"
    rows = [
        f"{key},AmazonEC2,{unit},{rates[region]},0,Inf,2026-10-07,here,yes,"
        for key, unit in (("nat.hour", "Hrs"), ("nat.gb", "GB"))
    ]
    return prices.read(region, "\n".join([header, *rows]), name=f"{region}.csv")


def of_something_else(region: str) -> PriceList:
    """A list in which nothing is that anybody here asks for."""
    rates = {"something.else": listed("us-east-1").rates["nat.hour"]}
    return PriceList(region=region, rates=rates, missing={})


def gateway(name: str = "x", provider: str = "", **inputs: Any) -> Planned:
    return Planned("aws:ec2/natGateway:NatGateway", name, "create", inputs, provider)


def fixed(estimate: costs.Estimate) -> list[tuple[str, str | None]]:
    return [(line.region, str(line.monthly)) for line in estimate.lines if line.kind != "usage"]


@pytest.mark.parametrize(
    "resource",
    [
        gateway(region="eu-central-1"),
        gateway(provider=f"{FRANKFURT}::{UNKNOWN}"),
        gateway(provider="urn:pulumi:staging::payments::pulumi:providers:aws::elsewhere::1", region="eu-central-1"),
    ],
)
def test_its_own_region_goes_before_its_providers_and_that_before_the_stacks(resource: Planned) -> None:
    elsewhere = Planned("pulumi:providers:aws", "elsewhere", "create", {"region": "ap-south-1"})
    estimate = price(PROVIDER, elsewhere, resource, price_list=listed)
    assert fixed(estimate) == [("eu-central-1", "37.960")]
    assert estimate.regions == ("us-east-1", "eu-central-1")


def test_what_names_no_region_is_in_the_stacks_own() -> None:
    silent = Planned("pulumi:providers:aws", "silent", "create", {"allowedAccountIds": ["111122223333"]})
    estimate = price(silent, gateway("a"), gateway("b", provider=f"{silent.urn}::1"), price_list=listed)
    assert fixed(estimate) == [("us-east-1", "32.850")] * 2
    assert estimate.regions == ("us-east-1",)


@pytest.mark.parametrize("inputs", [{"region": UNKNOWN}, {"region": {"computed": True}}])
def test_a_region_that_is_not_known_yet_is_no_price(inputs: dict[str, Any]) -> None:
    """Neither the stack's own price nor none: the region may be dearer."""
    provider = Planned("pulumi:providers:aws", "later", "create", inputs)
    for resource in (gateway(**inputs), gateway(provider=f"{provider.urn}::1")):
        estimate = price(provider, resource, price_list=listed)
        assert estimate.lines == ()
        assert {x.reason for x in estimate.unpriced} == {"its region is known only after the deployment"}


def test_a_region_without_a_list_is_named_with_what_gets_one() -> None:
    estimate = price(*BASELINE, gateway("far", region="ap-south-1"))
    assert {(x.name, x.region, x.reason) for x in estimate.unpriced} == {
        ("far", "ap-south-1", "there is no price list for ap-south-1")
    }
    complete = costs.affordable(estimate, budget=Decimal(300))[1]
    assert complete.status == "UNKNOWN"
    assert "there is no price list for ap-south-1" in complete.message
    assert complete.remedy == "runbook prices refresh --region ap-south-1, for the missing prices."
    assert complete.resource == "stack in us-east-1, ap-south-1"


def test_a_price_that_the_list_lacks_is_named_with_what_gets_it() -> None:
    estimate = price(make("rds/instance:Instance", "db", engine="postgres", engineVersion="17.5", instanceClass="db.x9.large"))
    complete = costs.affordable(estimate, budget=Decimal(300))[1]
    assert "price rds.pg.db.x9.large.single in us-east-1: not in the price list" in complete.message
    assert complete.remedy.startswith("runbook prices refresh --region us-east-1, for the missing prices.")


def test_what_exists_is_named_before_what_is_used_and_a_reason_once() -> None:
    gateways = [gateway(f"nat-{i}", region="ap-south-1") for i in range(2)]
    estimate = price(make("s3/bucket:Bucket", region="ap-south-1"), *gateways, price_list=of_something_else)
    message = costs.affordable(estimate, budget=Decimal(300))[1].message
    assert message.index("price nat.hour in ap-south-1") < message.index("price s3.std in ap-south-1")
    assert "(nat-0, NAT gateway and 1 more)" in message


def test_no_command_is_named_for_what_no_price_list_has() -> None:
    complete = costs.affordable(price(make("mystery/thing:Thing", "m")), budget=Decimal(300))[1]
    assert complete.remedy == "Add a rule to runbook_lib/costs/rules for what has none."


def test_regions_are_shown_line_by_line_and_equal_charges_stay_apart() -> None:
    text = price(gateway("a"), gateway("b", region="eu-central-1"), price_list=listed).text()
    assert text.startswith("Cost estimate, us-east-1, eu-central-1, ")
    assert "NAT gateway, us-east-1 " in text
    assert "NAT gateway, eu-central-1 " in text
    assert "Fixed                 $70.81" in text


class TestUsage:
    """An assumption is the whole stack's."""

    usage = costs.UsageAssumptions.model_validate({"nat_gb": 100})

    def test_usage_has_a_rate_in_each_region(self) -> None:
        estimate = price(gateway("a"), gateway("b", region="eu-central-1"), price_list=listed)
        rates = {line.region: line.unit_price for line in estimate.lines if line.key == "nat.gb"}
        assert rates == {region: Decimal(usd) for region, usd in RATES.items()}

    def test_what_is_assumed_is_charged_once_where_it_is_dearest(self) -> None:
        for order in ((None, "eu-central-1"), ("eu-central-1", None)):
            plan = [gateway(f"r{i}", region=region) for i, region in enumerate(order)]
            estimate = price(*plan, usage=self.usage, price_list=listed)
            assert estimate.usage is not None
            assert estimate.usage.expected == Decimal("5.200")
            told = {line.region: line.what for line in estimate.lines if line.key == "nat.gb"}
            assert told == {"us-east-1": "NAT data processed, assumed in eu-central-1", "eu-central-1": "NAT data processed"}

    def test_where_the_tiers_end_is_dearer_than_any_sum(self) -> None:
        """What nobody can price is left open, and not taken from the region that can."""

        def ending(region: str) -> PriceList:
            found = listed(region)
            if region == "us-east-1":
                return found
            short = found.rates["nat.gb"][0].model_copy(update={"tier_end": Decimal(10), "usd": Decimal("0.001")})
            return found.model_copy(update={"rates": {**found.rates, "nat.gb": (short,)}})

        estimate = price(gateway("a"), gateway("b", region="eu-central-1"), usage=self.usage, price_list=ending)
        assert [x.name for x in estimate.unpriced if x.reason == "100 GB is beyond the known tiers"] == ["b"]
        assert not any(line.monthly for line in estimate.lines if line.kind == "usage")


def test_a_region_of_cloudformations_own_inputs_is_not_where_the_resource_is() -> None:
    """``aws-native`` has no ``region`` of its own on resources: what some have there is another thing."""
    native = Planned("aws-native:ec2:VpcPeeringConnection", "peer", "create", {"region": "ap-south-1"})
    assert price(native, price_list=listed).regions == ("us-east-1",)


def test_the_files_that_prices_are_from_are_on_record() -> None:
    estimate = price(gateway("a"), gateway("b", region="eu-central-1"), price_list=listed)
    assert [(file.region, file.name, len(file.sha256)) for file in estimate.price_lists] == [
        ("us-east-1", "us-east-1.csv", 64),
        ("eu-central-1", "eu-central-1.csv", 64),
    ]
    assert list(estimate.lists()["Price list"]) == ["us-east-1.csv", "eu-central-1.csv"]
    assert "Prices from:\n  us-east-1: us-east-1.csv\n  eu-central-1: eu-central-1.csv\n" in estimate.text()
