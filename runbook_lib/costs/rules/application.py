"""Lambda functions, the REST API and X-Ray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.costs.items import Gap, Inputs, Item, Rule, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

_FREE_DISK_MB = 512
_TRACES = Usage("traces recorded", "xray.recorded", "traces")


def function(inputs: Inputs) -> Iterator[Item]:
    """Requests and duration; the processor decides the rate."""
    chip = "arm" if "arm64" in (inputs.items("architectures") or ()) else "x86"
    yield Usage(f"Lambda requests, {chip}", f"lambda.requests.{chip}", "requests")
    yield Usage(f"Lambda duration, {chip}", f"lambda.gbs.{chip}", "gb_seconds")
    yield Usage("custom metrics", "cw.metric", "custom_metrics")
    if inputs.nested("tracingConfig").text("mode") == "Active":
        yield _TRACES
    if (inputs.nested("ephemeralStorage").number("size") or 0) > _FREE_DISK_MB:
        yield Gap("function's disk", f"more than {_FREE_DISK_MB} MB has no price here")
    if inputs.nested("snapStart").text("applyOn") == "PublishedVersions":
        yield Gap("SnapStart", "its cache has no price here")


def rest_api(_: Inputs) -> Iterator[Item]:
    """Calls, by the tier, and what the answers weigh."""
    yield Usage("REST API calls", "apigw.rest", "api_requests")
    yield Usage("data out to the internet", "dt.internet", "internet_gb")


def stage(inputs: Inputs) -> Iterator[Item]:
    """Free but for what is switched on."""
    if inputs.flag("cacheClusterEnabled"):
        yield Gap("API cache", "cache hours have no price here")
    if inputs.flag("xrayTracingEnabled"):
        yield _TRACES


RULES: dict[str, Rule] = {
    "aws:lambda/function:Function": function,
    "aws:apigateway/restApi:RestApi": rest_api,
    "aws:apigateway/stage:Stage": stage,
}
