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
from unit.costs.price_service import CATALOGUE, NOW, REGION, MakeApi, PriceListService

from runbook_lib import cli
from runbook_lib.costs import offers, price_sources, prices, refresh
from runbook_lib.costs.products import Selector
from runbook_lib.errors import TargetError, UsageError

HEADER = "key,service_code,unit,usd,tier_end,as_of,source_1,confirmed_by_two,note"


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
        kms = found.rate("kms.key")
        assert kms is not None  # only the shipped list has it
        assert "calculator" in kms.source

    def test_a_price_that_aws_did_not_name_stays_missing_with_aws_words(self, api: MakeApi, folder: Path) -> None:
        refresh.write(REGION, refresh.build(REGION, api(PriceListService(CATALOGUE)), now=NOW))
        assert folder.is_dir()
        found = prices.load(REGION)
        assert found.rate("alb.hour") is None
        assert found.why_missing("alb.hour") == "price alb.hour in eu-central-1: no product of AWSELB has these attributes"

    def test_a_list_in_another_currency_is_refused(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "prices_cn_north_1.csv").write_text(
            f"{HEADER},currency\nnat.hour,AmazonEC2,Hrs,0.37,Inf,2026-11-27,here,aws,,CNY\n"
        )
        with pytest.raises(UsageError, match=r"prices_cn_north_1\.csv: the row 'nat\.hour' .* in CNY, which is never summed"):
            prices.load("cn-north-1")

    @pytest.mark.parametrize("usd", ["-1", "NaN", "Infinity", "1,5"])
    def test_what_is_no_amount_is_refused(self, folder: Path, usd: str) -> None:
        folder.mkdir()
        row = f'nat.hour,AmazonEC2,Hrs,"{usd}",Inf,2026-11-27,here,aws,'
        (folder / "prices_eu_west_1.csv").write_text(
            f"key,service_code,unit,usd,tier_end,as_of,source_1,confirmed_by_two,note\n{row}\n"
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
