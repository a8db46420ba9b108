"""Breaks of the API's configuration."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from integration.mutations.live import Live, Mutation, after, swap

from runbook_lib.snapshot.apigateway import ApiKey, RestApi, Stage, UsagePlan
from runbook_lib.snapshot.probe_refusals import Refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    Mend = Callable[[], object]


def patch(path: str, value: str, op: str = "replace") -> dict[str, Any]:
    """One patch operation, as API Gateway's updates take them."""
    return {"patchOperations": [{"op": op, "path": path, "value": value}]}


def stage(live: Live, path: str, bad: str, good: str) -> Mend:
    """Patch the stage."""
    outputs = live.outputs
    return swap(
        live.client("apigateway").update_stage, patch(path, bad), patch(path, good),
        restApiId=outputs.api_id, stageName=outputs.api_stage_name,
    )  # fmt: skip


def method(live: Live, path: str, bad: str, good: str) -> Mend:
    """Patch ``POST /payments``."""
    client, api = live.client("apigateway"), live.outputs.api_id
    resources = client.get_resources(restApiId=api)["items"]
    resource = next(resource["id"] for resource in resources if resource["path"] == "/payments")
    return swap(client.update_method, patch(path, bad), patch(path, good), restApiId=api, resourceId=resource, httpMethod="POST")


def unvalidated(live: Live) -> Mend:
    """Let the validator pass every body."""
    client, api = live.client("apigateway"), live.outputs.api_id
    [validator] = client.get_request_validators(restApiId=api)["items"]
    bad, good = (patch("/validateRequestBody", value) for value in ("false", "true"))
    return swap(client.update_request_validator, bad, good, restApiId=api, requestValidatorId=validator["id"])


def unthrottled(live: Live) -> Mend:
    """Remove the usage plan's throttle."""
    client, plan = live.client("apigateway"), live.healthy.read(UsagePlan)
    update = partial(client.update_usage_plan, usagePlanId=live.outputs.usage_plan_id)
    update(patchOperations=[{"op": "remove", "path": "/throttle"}])
    limits = {"/throttle/rateLimit": f"{plan.rate_per_second}", "/throttle/burstLimit": f"{plan.burst}"}
    return partial(update, patchOperations=[{"op": "replace", "path": p, "value": v} for p, v in limits.items()])


def key_in_outputs(live: Live) -> Mend:
    """Deploy a program that exports the key's value."""
    return live.pretend(api_url=f"{live.outputs.api_url}?key={live.bench().key}")


def key_from_the_manual(live: Live) -> Mend:
    """Hand out a key whose value anybody can guess; it is the one that the experiment knows to be wrong."""
    client, plan = live.client("apigateway"), live.outputs.usage_plan_id
    key = client.create_api_key(name="guessable", value="no-key-of-this-api-at-all", enabled=True)["id"]
    client.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    return after(partial(client.delete_usage_plan_key, usagePlanId=plan, keyId=key), partial(client.delete_api_key, apiKey=key))


def gateway_answer(live: Live, response: str, status: str) -> Mend:
    """Let API Gateway answer in its own form and with another status."""
    client, answer = live.client("apigateway"), {"restApiId": live.outputs.api_id, "responseType": response}
    before = client.get_gateway_response(**answer)
    kept = {name: before[name] for name in ("statusCode", "responseParameters", "responseTemplates")}
    stage = partial(client.update_stage, restApiId=live.outputs.api_id, stageName=live.outputs.api_stage_name)
    deployed = client.get_stage(restApiId=live.outputs.api_id, stageName=live.outputs.api_stage_name)["deploymentId"]
    back = swap(client.put_gateway_response, {"statusCode": status}, kept, **answer)
    made = client.create_deployment(restApiId=live.outputs.api_id)["id"]  # answers are frozen into deployments
    stage(**patch("/deploymentId", made))
    return after(
        back,
        partial(stage, **patch("/deploymentId", deployed)),
        partial(client.delete_deployment, restApiId=live.outputs.api_id, deploymentId=made),
    )


ROWS = (
    Mutation(
        "api_logs_access", (Stage,),
        lambda live: stage(live, "/accessLogSettings/format", "$context.status", live.healthy.read(Stage).access_log_format),
        "as '$context.status'",
    ),
    Mutation("api_logs_execution", (Stage,), lambda live: stage(live, "/*/*/logging/dataTrace", "true", "false"), "bodies True"),
    Mutation("api_traced", (Stage,), lambda live: stage(live, "/tracingEnabled", "false", "true"), "is not traced by X-Ray"),
    Mutation("api_requires_key", (RestApi,), lambda live: method(live, "/apiKeyRequired", "false", "true"), "needs no API key"),
    Mutation("api_validates_requests", (RestApi,), unvalidated, "is not validated against a model"),
    Mutation("api_throttled", (UsagePlan,), unthrottled, "allows 0 a second, bursts of 0"),
    Mutation("outputs_hold_no_secret", (ApiKey,), key_in_outputs, "An output holds the value"),
    Mutation("api_refuses_without_key", (Refusals,), key_from_the_manual, "answered 201 to a payment with a wrong key"),
    Mutation(
        "bad_requests_refused", (Refusals,), partial(gateway_answer, response="BAD_REQUEST_BODY", status="422"),
        "answered bad JSON with 422",
    ),
)  # fmt: skip
