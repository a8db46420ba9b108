"""What a stack has cost: full days only, in the shape that Cost Explorer answers in, and never 0 for want of data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber
from unit.costs.cloud import IDENTITY

from runbook_lib.aws import Target
from runbook_lib.costs import explorer
from runbook_lib.costs.explorer import Actual

if TYPE_CHECKING:
    from runbook_lib.aws import Aws

TODAY = date(2026, 11, 20)
FILTER = [
    {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Usage"]}},
    *({"Tags": {"Key": key, "Values": [value]}} for key, value in IDENTITY.items()),
]
ASKED = {
    "TimePeriod": {"Start": "2026-11-12", "End": "2026-11-19"},
    "Granularity": "DAILY",
    "Metrics": ["UnblendedCost"],
    "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
    "Filter": {"And": FILTER},
}


class Billed:
    """An account whose Cost Explorer answers once per page, to exactly the question it expects."""

    def __init__(self, *pages: dict[str, Any], error: str = "", emulated: bool = False) -> None:
        keys = {"aws_access_key_id": "no", "aws_secret_access_key": "no"}
        self.target = Target(region="us-east-1", endpoint="http://127.0.0.1:1" if emulated else None)
        self._ce = boto3.client("ce", region_name="us-east-1", **keys)  # type: ignore[call-overload]
        self.stub = Stubber(self._ce)
        token: dict[str, str] = {}
        for page in pages:
            self.stub.add_response("get_cost_and_usage", page, {**ASKED, **token})
            token = {"NextPageToken": page["NextPageToken"]} if "NextPageToken" in page else {}
        if error:
            self.stub.add_client_error("get_cost_and_usage", error, "no data", 400)
        self.stub.activate()

    def client(self, service: str) -> Any:
        """Cost Explorer's client."""
        assert service == "ce"
        return self._ce


def page(costs: dict[int, dict[str, str]], unit: str = "USD", **more: str) -> dict[str, Any]:
    """A page of answers: the day of November to the services' costs."""
    return {
        "ResultsByTime": [
            {
                "TimePeriod": {"Start": f"2026-11-{day}", "End": f"2026-11-{day + 1}"},
                "Groups": [
                    {"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": usd, "Unit": unit}}} for name, usd in given.items()
                ],
                "Estimated": True,
            }
            for day, given in costs.items()
        ],
        **more,
    }  # fmt: skip


def asked(billed: Billed, tags: dict[str, str] = IDENTITY) -> Actual | str:
    """What is known of it; every expected request was made."""
    aws: Aws = billed  # type: ignore[assignment]
    found = explorer.actual(aws, tags, TODAY)
    billed.stub.assert_no_pending_responses()
    return found


def test_days_and_pages_add_up_by_service() -> None:
    found = asked(
        Billed(
            page({12: {"RDS": "3.48", "Lambda": "0.01"}, 13: {"RDS": "3.48"}}, NextPageToken="next"),
            page({13: {"Lambda": "0.03"}}),
        )
    )
    assert isinstance(found, Actual)
    assert (found.services, found.total) == ({"RDS": Decimal("6.96"), "Lambda": Decimal("0.04")}, Decimal("7.00"))
    assert found.monthly.quantize(Decimal("0.01")) == Decimal("106.46")  # 7.00 / 48 h * 730 h
    assert "from 2026-11-12 to 2026-11-13" in found.told(Decimal(255))
    assert found.frame(Decimal(255)).iloc[-1].tolist() == ["TOTAL", "$7.00", "$106.46", "$255.00"]


def test_the_day_it_was_deployed_on_is_no_full_day() -> None:
    found = asked(Billed(page({12: {}, 13: {"RDS": "1.00"}, 14: {"RDS": "3.00"}})))
    assert isinstance(found, Actual)
    assert (found.days, found.total) == ((date(2026, 11, 14),), Decimal("3.00"))


@pytest.mark.parametrize(
    ("billed", "why"),
    [
        (Billed(error="DataUnavailableException"), "DataUnavailable"),
        (Billed(error="AccessDeniedException"), "AccessDenied"),
        (Billed(page({12: {}, 13: {}})), "cost allocation tags"),
        (Billed(page({12: {}, 13: {"RDS": "1.00"}})), "no full day yet since 2026-11-13"),
        (Billed(page({12: {"RDS": "1.00"}}, unit="CNY")), "CNY"),
        (Billed(emulated=True), "emulated"),
    ],
)
def test_what_is_not_known_says_why(billed: Billed, why: str) -> None:
    found = asked(billed)
    assert isinstance(found, str)
    assert why in found


def test_without_tags_nobody_is_asked_for_the_whole_account() -> None:
    assert asked(Billed(), {}) == "the stack has no tags to tell its costs by"
