"""The REST API: its payments method, its stage, its usage plan and its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class Method:
    """``POST /payments``."""

    needs_key: bool
    validates_body: bool
    model_names: tuple[str, ...]
    """The request models by content type, e.g. that of ``application/json``."""
    integration: str
    """``AWS_PROXY`` for a Lambda function."""


@dataclass(frozen=True, kw_only=True)
class RestApi(Tagged):
    """The API, named by its name."""

    methods: Mapping[str, Method]
    """``VERB /path`` → the method."""


@dataclass(frozen=True, kw_only=True)
class Stage(Tagged):
    """The stage that is served."""

    traced: bool
    access_log_arn: str
    access_log_format: str
    execution_log_level: str
    """``OFF``, ``ERROR`` or ``INFO``, for every method."""
    logs_bodies: bool
    """Whether execution logs hold whole requests (``dataTraceEnabled``), card numbers sent by mistake included."""
    metrics: bool


@dataclass(frozen=True, kw_only=True)
class ApiKey(Tagged):
    """The API key; its value is not kept here."""

    enabled: bool
    in_outputs: bool
    """Whether an output of the stack gives its value away."""


@dataclass(frozen=True, kw_only=True)
class UsagePlan(Tagged):
    """The usage plan; a limit of 0 is none."""

    stages: tuple[str, ...]
    """``<api id>/<stage>``."""
    key_ids: tuple[str, ...]
    rate_per_second: float
    burst: int
    quota: int


@collects(RestApi)
def rest_api(aws: Aws, outputs: StackOutputs) -> RestApi:
    """Read the API and its methods."""
    raw = aws.client("apigateway").get_rest_api(restApiId=outputs.api_id)
    resources = aws.pages("apigateway", "get_resources", "items", restApiId=outputs.api_id, embed=["methods"])
    return RestApi(
        name=raw["name"],
        tags=raw.get("tags", {}),
        methods={
            f"{verb} {resource['path']}": _method(aws, outputs.api_id, resource["id"], verb)
            for resource in resources
            for verb in resource.get("resourceMethods", {})
        },
    )


def _method(aws: Aws, api: str, resource: str, verb: str) -> Method:
    client = aws.client("apigateway")
    raw = client.get_method(restApiId=api, resourceId=resource, httpMethod=verb)
    validator = raw.get("requestValidatorId")
    checks = client.get_request_validator(restApiId=api, requestValidatorId=validator) if validator else {}
    return Method(
        needs_key=raw.get("apiKeyRequired", False),
        validates_body=checks.get("validateRequestBody", False),
        model_names=tuple(raw.get("requestModels", {}).values()),
        integration=raw.get("methodIntegration", {}).get("type", ""),
    )


@collects(Stage)
def stage(aws: Aws, outputs: StackOutputs) -> Stage:
    """Read the stage and the settings it has for all methods."""
    raw = aws.client("apigateway").get_stage(restApiId=outputs.api_id, stageName=outputs.api_stage_name)
    settings: dict[str, Any] = raw.get("methodSettings", {}).get("*/*", {})
    log = raw.get("accessLogSettings", {})
    return Stage(
        name=raw["stageName"],
        tags=raw.get("tags", {}),
        traced=raw.get("tracingEnabled", False),
        access_log_arn=log.get("destinationArn", ""),
        access_log_format=log.get("format", ""),
        execution_log_level=settings.get("loggingLevel", "OFF"),
        logs_bodies=settings.get("dataTraceEnabled", False),
        metrics=settings.get("metricsEnabled", False),
    )


@collects(ApiKey)
def api_key(aws: Aws, outputs: StackOutputs) -> ApiKey:
    """Read the key; its value is compared with the outputs and forgotten."""
    raw = aws.client("apigateway").get_api_key(apiKey=outputs.api_key_id, includeValue=True)
    given_away = raw["value"] in outputs.model_dump_json()
    return ApiKey(name=raw["name"], tags=raw.get("tags", {}), enabled=raw["enabled"], in_outputs=given_away)


@collects(UsagePlan)
def usage_plan(aws: Aws, outputs: StackOutputs) -> UsagePlan:
    """Read the plan and which keys use it."""
    plan = {"usagePlanId": outputs.usage_plan_id}
    raw = aws.client("apigateway").get_usage_plan(**plan)
    throttle, quota = raw.get("throttle", {}), raw.get("quota", {})
    return UsagePlan(
        name=raw["name"],
        tags=raw.get("tags", {}),
        stages=tuple(f"{stage['apiId']}/{stage['stage']}" for stage in raw.get("apiStages", ())),
        key_ids=tuple(key["id"] for key in aws.pages("apigateway", "get_usage_plan_keys", "items", **plan)),
        rate_per_second=throttle.get("rateLimit", 0.0),
        burst=throttle.get("burstLimit", 0),
        quota=quota.get("limit", 0),
    )
