"""The list that ``runbook prices refresh`` writes, and what reads it: nothing half-done takes the place of a list."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from unit.costs import aws_answers as aws
from unit.costs.planned import make
from unit.costs.price_service import CATALOGUE, NOW, REGION, MakeApi, PriceListService

from runbook_lib import cli, costs
from runbook_lib.costs import offers, price_sources, prices, refresh
from runbook_lib.costs.products import Selector
from runbook_lib.errors import TargetError, UsageError

HEADER = "key,service_code,unit,usd,tier_begin,tier_end,as_of,source_1,confirmed_by_two,note"


class TestList:
    """The file, and what reads it."""

    def test_what_was_written_comes_before_what_is_shipped(self, api: MakeApi, folder: Path) -> None:
        path = refresh.write(REGION, refresh.build(REGION, api(PriceListService(CATALOGUE)), now=NOW))
        assert path == folder / "prices_eu_central_1.csv"
        found = prices.load(REGION)
        assert found.files[0].name == "prices_eu_central_1.csv"
        assert found.files[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        nat = found.rates["nat.hour"][0]
        assert (nat.usd, nat.as_of, nat.confirmed) == (Decimal("0.052"), date(2026, 11, 27), True)
        assert nat.source == "AWS Price List API, AmazonEC2"
        assert (
            found.cost("apigw.rest", Decimal(400_000_000))
            == Decimal("0.0000037") * 333_000_000 + Decimal("0.00000319") * 67_000_000
        )
        assert found.cost("sns.http", Decimal(100)) == Decimal("0.0000006") * 100  # the allowance may be spent already
        # The shipped list has it, and AWS, which was asked, has no one product of that kind.
        assert prices.shipped(REGION).rate("kms.key") is not None
        assert found.rate("kms.key") is None

    def test_what_aws_was_not_asked_the_shipped_list_still_knows(self, folder: Path) -> None:
        """As with the public files, in which the larger services are not read."""
        folder.mkdir()
        for asked, known in (("no", True), ("aws", False)):
            row = f"kms.key,awskms,Keys,,0,Inf,2026-11-26,AWS price list,{asked},the public file is too large"
            (folder / "prices_eu_central_1.csv").write_text(f"{HEADER}\n{row}\n")
            assert (prices.load(REGION).rate("kms.key") is not None) is known

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            (
                ["nat.hour,AmazonEC2,Hrs,0.001,0,Inf", "nat.hour,AmazonEC2,Hrs,0.045,0,Inf"],
                "tier begins at 0, the one before ends",
            ),
            (["nat.hour,AmazonEC2,Month,0.045,0,Inf"], "it is for Month, and is charged by Hrs"),
            (["s3.std.t2,AmazonS3,GB-Mo,0.02,100,Inf", "s3.std.t1,AmazonS3,GB-Mo,0.03,0,100"], "tier begins at 0"),
            (
                ["s3.std.t1,AmazonS3,GB-Mo,0.03,0,100", "s3.std.t2,AmazonS3,GB-Mo,0.02,500,Inf"],
                "tier begins at 500, the one before ends at 100",
            ),
            (["nat.hour,AmazonEC2,Hrs,0.045,0,-5"], "its tier goes from 0 to -5"),
            (["nat.hour,AmazonEC2,Hrs,1e999999,0,Inf"], "1e999999 is not an amount"),
            (["nat.hour,AmazonEC2"], "it has fewer columns than the head"),
        ],
    )
    def test_rows_that_contradict_each_other_or_the_charge_are_refused(self, folder: Path, rows: list[str], said: str) -> None:
        folder.mkdir()
        whole = [f"{row},2026-11-26,here,aws," if row.count(",") > 2 else row for row in rows]
        (folder / "prices_eu_west_1.csv").write_text("\n".join([HEADER, *whole]) + "\n")
        with pytest.raises(UsageError, match="is not a price") as refused:
            prices.load("eu-west-1")
        assert said in refused.value.message

    @pytest.mark.parametrize("text", ["", "<html>\n", "key,usd\n"])
    def test_what_is_no_price_list_is_refused(self, folder: Path, text: str) -> None:
        folder.mkdir()
        (folder / "prices_us_east_1.csv").write_text(text)
        with pytest.raises(UsageError, match="is no price list: it lacks the columns"):
            prices.load("us-east-1")

    def test_a_price_of_a_day_that_has_not_come_is_refused(self, folder: Path) -> None:
        folder.mkdir()
        row = "nat.hour,AmazonEC2,Hrs,0.045,0,Inf,2999-01-01,here,aws,"
        (folder / "prices_us_east_1.csv").write_text(f"\ufeff{HEADER}\n{row}\n")
        estimate = costs.estimate([make("ec2/natGateway:NatGateway")], region="us-east-1", today=date(2026, 11, 24))
        with pytest.raises(UsageError, match=r"nat\.hour is a price of 2999-01-01, which has not come"):
            costs.dated_ahead(estimate, date(2026, 11, 27))
        costs.dated_ahead(estimate, date(2999, 1, 1))

    def test_a_price_that_aws_did_not_name_stays_missing_with_aws_words(self, api: MakeApi, folder: Path) -> None:
        refresh.write(REGION, refresh.build(REGION, api(PriceListService(CATALOGUE)), now=NOW))
        assert folder.is_dir()
        found = prices.load(REGION)
        assert found.rate("alb.hour") is None
        assert found.why_missing("alb.hour") == "price alb.hour in eu-central-1: no product of AWSELB has these attributes"

    def test_a_list_in_another_currency_is_refused(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "prices_cn_north_1.csv").write_text(
            f"{HEADER},currency\nnat.hour,AmazonEC2,Hrs,0.37,0,Inf,2026-11-27,here,aws,,CNY\n"
        )
        with pytest.raises(UsageError, match=r"prices_cn_north_1\.csv: the row 'nat\.hour' .* in CNY, which is never summed"):
            prices.load("cn-north-1")

    @pytest.mark.parametrize("usd", ["-1", "NaN", "Infinity", "1,5"])
    def test_what_is_no_amount_is_refused(self, folder: Path, usd: str) -> None:
        folder.mkdir()
        row = f'nat.hour,AmazonEC2,Hrs,"{usd}",0,Inf,2026-11-27,here,aws,'
        (folder / "prices_eu_west_1.csv").write_text(
            f"key,service_code,unit,usd,tier_begin,tier_end,as_of,source_1,confirmed_by_two,note\n{row}\n"
        )
        with pytest.raises(UsageError, match="is not a price"):
            prices.load("eu-west-1")


class TestCommand:
    """``runbook prices refresh``."""

    def run(self, *arguments: str) -> Any:
        return CliRunner().invoke(cli.app, ["prices", "refresh", *arguments])

    @pytest.fixture
    def source(self, api: MakeApi, monkeypatch: pytest.MonkeyPatch) -> PriceListService:
        service = PriceListService(CATALOGUE)
        made = api(service)
        monkeypatch.setattr(price_sources, "Api", lambda **_: made)
        return service

    def test_it_says_where_the_list_is_and_what_it_lacks(self, source: PriceListService, folder: Path) -> None:
        result = self.run("--region", REGION)
        assert result.exit_code == 0, result.output
        assert str(folder / "prices_eu_central_1.csv") in result.output
        assert "not priced: alb.hour: no product of AWSELB has these attributes" in result.output
        assert {asked["ServiceCode"] for asked in source.asked} == set(
            re.findall(r"^  (\w+) \.\.\.$", result.stderr, re.MULTILINE)
        )

    def test_an_emulator_in_the_place_of_aws_is_asked_for_no_price(
        self, source: PriceListService, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its answers would be recorded as AWS's."""
        monkeypatch.setenv("AWS_ENDPOINT_URL_PRICING", "http://127.0.0.1:4566")
        result = self.run("--region", REGION)
        assert isinstance(result.exception, UsageError)
        assert "AWS_ENDPOINT_URL_PRICING is http://127.0.0.1:4566" in str(result.exception)
        assert (source.asked, folder.exists()) == ([], False)

    def test_without_credentials_the_public_files_are_read(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        class Nobody:
            def usable(self) -> bool:
                return False

        read: list[str] = []

        def products(_: Any, selector: Selector, region: str) -> list[Any]:
            read.append(selector.service_code)
            return [offers.of_answer(aws.text(aws.NAT_HOUR), source="file", proof="sha256:0")] if region == REGION else []

        monkeypatch.setattr(price_sources, "Api", lambda **_: Nobody())
        monkeypatch.setattr(price_sources.OfferFiles, "products", products)
        result = self.run("--region", REGION)
        assert result.exit_code == 0, result.output
        assert "public offer files are read" in result.output
        assert "AmazonEC2" in read
        assert prices.load(REGION).rates["nat.hour"][0].source == "file"
        assert folder.is_dir()

    def test_without_a_region_it_is_those_of_the_environments(self, source: PriceListService, folder: Path) -> None:
        for found in source.catalogue:
            assert found["product"]["attributes"]["regionCode"] == REGION
        result = self.run()
        assert isinstance(result.exception, TargetError)
        assert "AWS names no price for us-east-1" in str(result.exception)
        assert not folder.exists()

    def test_a_refresh_that_fails_leaves_the_list_that_there_is(self, source: PriceListService, folder: Path) -> None:
        assert self.run("--region", REGION).exit_code == 0
        before = (folder / "prices_eu_central_1.csv").read_bytes()
        source.throttled = 10_000
        assert isinstance(self.run("--region", REGION).exception, TargetError)
        assert [path.name for path in folder.iterdir()] == ["prices_eu_central_1.csv"]
        assert (folder / "prices_eu_central_1.csv").read_bytes() == before
