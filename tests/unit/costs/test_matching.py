"""One product for a price, or none and the reason: a wrong row is worse than a missing one."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from unit.costs import aws_answers as aws

from runbook_lib.costs import matching, offers, products
from runbook_lib.costs.matching import Row
from runbook_lib.errors import TargetError, UsageError

REGION, DAY = "eu-central-1", "2026-11-27"


def selector(key: str) -> products.Selector:
    return next(found for found in products.selectors() if found.key == key)


def rows(key: str, *found: dict[str, Any], region: str = REGION) -> list[Row]:
    read = [offers.of_answer(aws.text(each), source="here", proof="now") for each in found]
    return list(matching.rows(selector(key), read, region=region, as_of=DAY))


def changed(found: dict[str, Any], **dimension: Any) -> dict[str, Any]:
    """The product with members of its only rate replaced."""
    other = copy.deepcopy(found)
    (term,) = other["terms"]["OnDemand"].values()
    for rate in term["priceDimensions"].values():
        rate.update(dimension)
    return other


def test_a_row_says_all_that_is_known_of_its_price() -> None:
    (row,) = rows("nat.hour", aws.NAT_HOUR, aws.NAT_REGIONAL, aws.NAT_GB)
    assert row == Row(
        key="nat.hour",
        service_code="AmazonEC2",
        dimension="NAT Gateway",
        usage_type="EUC1-NatGateway-Hours",
        sku="FY5BA3Q38RMNEMJS",
        unit="Hrs",
        usd="0.052",
        tier_begin="0",
        tier_end="Inf",
        as_of=DAY,
        source_1="here",
        confirmed_by_two="aws",
        usage_type_check="exact (in source 1)",
        currency="USD",
        effective_date="2026-10-01T00:00:00Z",
        offer_version="20261006224050",
        published="2026-10-06T22:40:50Z",
        proof="now",
    )


def test_tiers_are_rows_in_their_order() -> None:
    found = [(row.key, row.usd, row.tier_begin, row.tier_end) for row in rows("apigw.rest", aws.REQUESTS)]
    assert found == [
        ("apigw.rest.t1", "0.0000037", "0", "333000000"),
        ("apigw.rest.t2", "0.00000319", "333000000", "1000000000"),
        ("apigw.rest.t3", "0.00000271", "1000000000", "Inf"),
    ]


def test_a_free_allowance_is_a_row_of_its_own_and_no_price_of_0() -> None:
    found = [(row.key, row.usd, row.tier_begin, row.tier_end) for row in rows("sns.http", aws.DELIVERIES)]
    assert found == [("sns.http.free", "0", "0", "100000"), ("sns.http", "0.0000006", "100000", "Inf")]


def test_one_row_stands_for_every_class_and_an_engine_for_itself() -> None:
    found = rows(
        "rds.pg.{instanceType}.multi",
        aws.database("A1", "db.t3.medium", "Multi-AZ", "0.1660000000"),
        aws.database("A2", "db.m6g.large", "Multi-AZ", "0.3720000000"),
        aws.database("A3", "db.m6g.large", "Multi-AZ", "0.3540000000", engine="MySQL"),
        aws.database("A4", "db.m6g.large", "Single-AZ", "0.1860000000"),
        aws.database("A5", "db.m6g.large", "Multi-AZ (readable standbys)", "0.5580000000"),
    )
    assert [(row.key, row.sku, row.usd) for row in found] == [
        ("rds.pg.db.m6g.large.multi", "A2", "0.372"),
        ("rds.pg.db.t3.medium.multi", "A1", "0.166"),
    ]


TWICE = aws.product("ZZZ", "AmazonEC2", {**aws.NAT, "usagetype": "eu-central-1-NatGateway-Hours"})
ELSEWHERE = aws.product("U", "AmazonEC2", {**aws.NAT, "usagetype": "NatGateway-Hours"}, region="us-east-1")
NO_TERM = {**aws.NAT_HOUR, "terms": {"OnDemand": {}}}
TWO_TERMS = copy.deepcopy(aws.NAT_HOUR)
TWO_TERMS["terms"]["OnDemand"]["later"] = next(iter(aws.NAT_HOUR["terms"]["OnDemand"].values()))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([], "no product of AmazonEC2 has these attributes"),
        ([aws.NAT_REGIONAL, aws.NAT_GB], "no product of AmazonEC2 has these attributes"),
        (
            [aws.product("U", "AmazonEC2", {**aws.NAT, "usagetype": "NatGateway-Hours"}, region="us-east-1")],
            "no product of AmazonEC2",
        ),
        ([aws.NAT_HOUR, TWICE], "2 products have these attributes: FY5BA3Q38RMNEMJS, ZZZ"),
        ([NO_TERM], "has no on-demand terms"),
        ([TWO_TERMS], "has 2 on-demand terms"),
        ([changed(aws.NAT_HOUR, unit="GB")], "is charged by GB, not by Hrs"),
        ([changed(aws.NAT_HOUR, pricePerUnit={"CNY": "0.3660000000"})], "is priced in CNY, not in USD"),
        ([changed(aws.NAT_HOUR, pricePerUnit={"USD": "-1"})], "a price below zero"),
        ([changed(aws.NAT_HOUR, endRange="100")], "leave quantities out"),
        ([changed(aws.NAT_HOUR, beginRange="10")], "leave quantities out"),
    ],
)
def test_without_exactly_one_price_there_is_none_and_the_reason(found: list[dict[str, Any]], why: str) -> None:
    (row,) = rows("nat.hour", *found)
    assert (row.key, row.usd) == ("nat.hour", "")
    assert why in row.note


def test_the_same_product_twice_is_one() -> None:
    """Pages of one answer may overlap."""
    assert rows("nat.hour", aws.NAT_HOUR, aws.NAT_HOUR)[0].usd == "0.052"


def test_an_answer_of_another_shape_is_an_error_and_no_empty_list() -> None:
    for broken in (
        "{",
        "{}",
        aws.text({**aws.NAT_HOUR, "terms": None}),
        aws.text(changed(aws.NAT_HOUR, pricePerUnit={"USD": "free"})),
    ):
        with pytest.raises(TargetError, match="does not have the shape that AWS documents"):
            offers.of_answer(broken, source="here", proof="now")


class TestSelectors:
    """``products.csv``."""

    @pytest.mark.parametrize(
        ("found", "same"),
        [
            ("NatGateway-Hours", True),
            ("EUC1-NatGateway-Hours", True),
            ("EU-NatGateway-Hours", True),
            ("eu-central-1-NatGateway-Hours", True),
            ("EUC1-RegionalNatGateway-Hours", False),
            ("RegionalNatGateway-Hours", False),
            ("IA-NatGateway-Hours", False),  # a storage class, as in DynamoDB's IA-TimedStorage-ByteHrs
            ("Outposts-NatGateway-Hours", False),
            ("EUC1-USE1-NatGateway-Hours", False),
        ],
    )
    def test_usage_types_are_compared_without_their_regions_prefix(self, found: str, *, same: bool) -> None:
        attributes = {**aws.NAT, "regionCode": REGION, "usagetype": found}
        assert selector("nat.hour").matches(attributes, REGION) is same

    def test_every_row_is_found_by_a_key_it_stands_for(self) -> None:
        for each in products.selectors():
            key = each.key_of(dict.fromkeys(each.filled_from, "x"))
            assert [other.key for other in products.selectors() if other.stands_for(key)] == [each.key]

    def test_what_should_be_absent_matches_nothing_else(self) -> None:
        (each,) = products.parse(["key,service_code,unit,region_by,attributes,seen", "a.b,S,Hrs,-,storage=;size=1,here"])
        found: list[dict[str, str]] = [{}, {"storage": ""}, {"storage": "NA"}, {"storage": "SSD"}]
        assert [each.matches({"size": "1", **rest}, "x") for rest in found] == [True, True, True, False]

    @pytest.mark.parametrize("row", ["a.b,S,Hrs,,no equals sign,here", "a.b,S,Hrs,,x=1,", "a.b,S,Hrs,,usd=0.01,here"])
    def test_a_row_that_cannot_be_read_is_named(self, row: str) -> None:
        """A price that is stated is one of 0, with who says so: any other has a product."""
        with pytest.raises(UsageError, match=r"row 'a\.b' of products\.csv"):
            products.parse(["key,service_code,unit,region_by,attributes,seen", row])
