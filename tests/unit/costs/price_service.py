"""AWS's price list service on the wire, in the place of the network; imported by the tests beside it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from unit.costs import aws_answers as aws

from runbook_lib.costs import price_sources

REGION, NOW = "eu-central-1", datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
CLASSES = [aws.database(f"M{i}", f"db.m{i}.large", "Multi-AZ", f"0.{i}000000000") for i in range(1, 8)]
CATALOGUE = [aws.NAT_HOUR, aws.NAT_REGIONAL, aws.NAT_GB, aws.REQUESTS, aws.DELIVERIES, *CLASSES]


MakeApi = Callable[["PriceListService"], price_sources.Api]


class PriceListService:
    """Answers ``GetProducts`` on the wire as AWS does: filtered, in pages of ``size``, and throttled as often as told."""

    def __init__(self, catalogue: list[dict[str, Any]], *, size: int = 3, throttled: int = 0) -> None:
        self.catalogue, self.size, self.throttled = catalogue, size, throttled
        self.asked: list[dict[str, Any]] = []

    def __call__(self, request: Any, **_: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        if self.throttled:
            self.throttled -= 1
            told = {"__type": "ThrottlingException", "message": "Rate exceeded"}
            return AWSResponse(request.url, 400, {}, Body(json.dumps(told).encode()))
        asked = json.loads(request.body)
        self.asked.append(asked)
        wanted = {each["Field"]: each["Value"] for each in asked["Filters"] if each["Type"] == "TERM_MATCH"}
        found = [each for each in self.catalogue if each["serviceCode"] == asked["ServiceCode"] and fits(each, wanted)]
        begin = int(asked.get("NextToken", "0"))
        answer: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": [aws.text(x) for x in found[begin : begin + self.size]]}
        if begin + self.size < len(found):
            answer["NextToken"] = str(begin + self.size)
        return AWSResponse(request.url, 200, {}, Body(json.dumps(answer).encode()))


class Body(io.BytesIO):
    """An answer's body, as urllib3 hands it to botocore."""

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.read()


def fits(found: dict[str, Any], wanted: dict[str, str]) -> bool:
    said = {**found["product"]["attributes"], "productFamily": found["product"].get("productFamily", "")}
    return all(said.get(name) == value for name, value in wanted.items())
