"""A region's prices from AWS's answers: pages, throttling, public files, and no list with gaps that nobody is told of."""

from __future__ import annotations

import hashlib

import httpx
import pytest
from unit.costs import aws_answers as aws
from unit.costs.price_service import CATALOGUE, NOW, REGION, MakeApi, PriceListService

from runbook_lib.costs import price_sources, refresh
from runbook_lib.errors import TargetError, UsageError


class TestApi:
    """``get_products`` through botocore."""

    def test_every_page_is_read(self, api: MakeApi) -> None:
        service = PriceListService(CATALOGUE)
        found = {row.key: row.usd for row in refresh.build(REGION, api(service), now=NOW)}
        assert {key: usd for key, usd in found.items() if key.startswith("rds.pg.db.")} == {
            f"rds.pg.db.m{i}.large.multi": f"0.{i}" for i in range(1, 8)
        }
        assert {asked["MaxResults"] for asked in service.asked} == {100}
        pages = [asked for asked in service.asked if {"Database Instance", "Multi-AZ"} <= {f["Value"] for f in asked["Filters"]}]
        assert [page.get("NextToken") for page in pages] == [None, "3", "6"]

    def test_what_is_asked_for_is_one_region_and_its_attributes(self, api: MakeApi) -> None:
        service = PriceListService(CATALOGUE)
        refresh.build(REGION, api(service), now=NOW)
        nat = next(asked for asked in service.asked if asked["ServiceCode"] == "AmazonEC2")
        assert {(each["Type"], each["Field"], each["Value"]) for each in nat["Filters"]} == {
            ("TERM_MATCH", "regionCode", REGION),
            ("TERM_MATCH", "productFamily", "NAT Gateway"),
        }
        out = next(asked for asked in service.asked if asked["ServiceCode"] == "AWSDataTransfer")
        assert {"Type": "TERM_MATCH", "Field": "fromRegionCode", "Value": REGION} in out["Filters"]

    def test_throttled_calls_are_repeated(self, api: MakeApi) -> None:
        service = PriceListService(CATALOGUE, throttled=3)
        found = {row.key: row.usd for row in refresh.build(REGION, api(service), now=NOW)}
        assert (found["nat.hour"], service.throttled) == ("0.052", 0)

    def test_what_stays_throttled_is_an_error_and_no_list_with_gaps(self, api: MakeApi) -> None:
        with pytest.raises(TargetError, match=r"does not answer for \w+: .*Rate exceeded"):
            refresh.build(REGION, api(PriceListService(CATALOGUE, throttled=10_000)), now=NOW)

    def test_a_region_that_aws_has_no_price_for_is_an_error(self, api: MakeApi) -> None:
        with pytest.raises(TargetError, match="names no price for eu-middle-1"):
            refresh.build("eu-middle-1", api(PriceListService(CATALOGUE)), now=NOW)

    def test_every_key_has_its_row_and_gaps_their_reason(self, api: MakeApi) -> None:
        found = refresh.build(REGION, api(PriceListService(CATALOGUE)), now=NOW)
        open_ = {row.key: row.note for row in found if not row.usd}
        assert open_["alb.hour"] == "no product of AWSELB has these attributes"
        assert {"vpce.gateway", "sns.http.free", "sns.http", "apigw.rest.t3"} <= {row.key for row in found if row.usd}
        assert all(row.note for row in found if not row.usd)


@pytest.mark.parametrize(("region", "why"), [("cn-north-1", "CNY"), ("nowhere", "is not an AWS region"), ("../x", "is not")])
def test_a_region_that_is_not_priced_in_dollars_is_refused(region: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        refresh.build(region, price_sources.OfferFiles(httpx.Client()), now=NOW)


class TestOfferFiles:
    """The public files."""

    ec2 = aws.offer_file("AmazonEC2", aws.NAT_HOUR, aws.NAT_REGIONAL, aws.NAT_GB)
    sns = aws.offer_file("AmazonSNS", aws.DELIVERIES)

    def files(self, read: list[str], *, largest: int = 10_000_000) -> price_sources.OfferFiles:
        def answer(request: httpx.Request) -> httpx.Response:
            read.append(str(request.url))
            service = request.url.path.split("/")[4]
            content = {"AmazonEC2": self.ec2, "AmazonSNS": self.sns}.get(service)
            return httpx.Response(200, content=content) if content and REGION in request.url.path else httpx.Response(404)

        return price_sources.OfferFiles(httpx.Client(transport=httpx.MockTransport(answer)), largest=largest)

    def test_a_row_names_its_file_and_the_files_digest(self) -> None:
        rows = {row.key: row for row in refresh.build(REGION, self.files([]), now=NOW)}
        nat = rows["nat.hour"]
        assert nat.source_1 == f"https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/{REGION}/index.json"
        assert nat.proof == f"sha256:{hashlib.sha256(self.ec2).hexdigest()}"
        assert (nat.usd, nat.offer_version, rows["sns.http.free"].tier_end) == ("0.052", aws.VERSION, "100000")

    def test_a_file_is_read_once(self) -> None:
        read: list[str] = []
        refresh.build(REGION, self.files(read), now=NOW)
        assert len(read) == len(set(read)) > 5

    def test_a_service_without_a_file_is_not_priced_and_the_others_are(self) -> None:
        rows = {row.key: row for row in refresh.build(REGION, self.files([]), now=NOW)}
        assert (rows["alb.hour"].usd, rows["nat.hour"].usd) == ("", "0.052")
        assert "AWS publishes no https://pricing" in rows["alb.hour"].note

    def test_a_file_that_is_too_large_is_said_to_be(self) -> None:
        largest = len(self.sns)
        assert largest < len(self.ec2)
        rows = {row.key: row for row in refresh.build(REGION, self.files([], largest=largest), now=NOW)}
        assert (rows["nat.hour"].usd, rows["sns.http"].usd) == ("", "0.0000006")
        assert "is larger than" in rows["nat.hour"].note

    def test_no_network_is_one_error(self) -> None:
        def broken(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("Name or service not known", request=request)

        with pytest.raises(TargetError, match="cannot be read: Name or service not known"):
            refresh.build(REGION, price_sources.OfferFiles(httpx.Client(transport=httpx.MockTransport(broken))), now=NOW)
