"""P1, O1: the API asks for a key, checks the body, throttles, and logs without logging payments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import api_definition
import pytest

from .conftest import statements

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Stack


def test_post_payments_needs_a_key_and_a_valid_body(stack: Stack) -> None:
    method = stack.one("apigateway:Method").inputs
    resource = stack.one("apigateway:Resource")
    assert (resource.inputs["pathPart"], method["resourceId"]) == ("payments", resource.id)
    assert (method["httpMethod"], method["apiKeyRequired"]) == ("POST", True)
    validator = stack.one("apigateway:RequestValidator")
    assert method["requestValidatorId"] == validator.id
    assert validator.inputs["validateRequestBody"] is True
    assert method["requestModels"] == {"application/json": stack.one("apigateway:Model").inputs["name"]}


def test_the_function_answers(stack: Stack) -> None:
    integration = stack.one("apigateway:Integration").inputs
    assert integration["type"] == "AWS_PROXY"
    assert integration["integrationHttpMethod"] == "POST"
    assert integration["uri"] == f"{stack.one('lambda:Function', 'payments').id}.invokeArn"


def test_the_model_asks_for_what_the_contract_names(stack: Stack) -> None:
    schema = json.loads(stack.one("apigateway:Model").inputs["schema"])
    assert schema["$schema"] == "http://json-schema.org/draft-04/schema#"
    assert schema["required"] == ["payment_id", "amount", "currency", "merchant_id", "method"]
    assert schema["properties"]["amount"] == {"type": "string"}


def test_the_stage_is_traced_and_logs_access(stack: Stack) -> None:
    stage = stack.one("apigateway:Stage").inputs
    assert stage["xrayTracingEnabled"] is True
    assert stage["accessLogSettings"]["destinationArn"] == f"{stack.one('cloudwatch:LogGroup', 'api-access').id}.arn"
    fields = json.loads(stage["accessLogSettings"]["format"])
    assert fields["request_id"] == "$context.requestId"
    assert fields["trace_id"] == "$context.xrayTraceId"
    assert "validationErrorString" not in json.dumps(fields)


def test_execution_is_logged_but_never_a_body(stack: Stack) -> None:
    settings = stack.one("apigateway:MethodSettings").inputs["settings"]
    assert settings["loggingLevel"] == "INFO"
    assert settings["dataTraceEnabled"] is False
    assert settings["metricsEnabled"] is True


def test_the_usage_plan_throttles_and_has_a_quota(build: Callable[..., Stack]) -> None:
    stack = build(throttleRate="7", throttleBurst="9", quotaPerDay="11")
    plan = stack.one("apigateway:UsagePlan")
    assert plan.inputs["throttleSettings"] == {"rateLimit": 7, "burstLimit": 9}
    assert plan.inputs["quotaSettings"] == {"limit": 11, "period": "DAY"}
    assert plan.inputs["apiStages"] == [{"apiId": stack.one("apigateway:RestApi").id, "stage": "staging"}]
    membership = stack.one("apigateway:UsagePlanKey").inputs
    assert membership["usagePlanId"] == plan.id
    assert membership["keyId"] == stack.one("apigateway:ApiKey").id


def test_the_value_of_the_key_is_nobodys_choice(stack: Stack) -> None:
    assert "value" not in stack.one("apigateway:ApiKey").inputs


@pytest.mark.parametrize("answer", api_definition.GATEWAY_ANSWERS, ids=lambda answer: answer.response_type)
def test_the_gateways_own_answers_are_problem_documents(stack: Stack, answer: api_definition.GatewayAnswer) -> None:
    [found] = [one.inputs for one in stack.of("apigateway:Response") if one.inputs["responseType"] == answer.response_type]
    body = json.loads(found["responseTemplates"]["application/json"])
    assert {"type", "title", "correlation_id"} <= set(body)
    assert found.get("statusCode") == (None if "status" not in body else str(body["status"]))
    assert found["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"


@pytest.mark.parametrize("frozen", ["PATH", "METHOD", "VALIDATOR", "INTEGRATION", "PAYMENT_MODEL", "GATEWAY_ANSWERS"])
def test_a_change_of_what_a_deployment_freezes_makes_a_new_one(
    monkeypatch: pytest.MonkeyPatch, stack: Stack, frozen: str
) -> None:
    deployed = stack.one("apigateway:Deployment").inputs["triggers"]
    assert deployed == {"definition": api_definition.definition_digest(), "function": "payments-staging-t1"}
    monkeypatch.setattr(api_definition, frozen, [] if frozen == "GATEWAY_ANSWERS" else {"other": True})
    assert deployed["definition"] != api_definition.definition_digest()


def test_nothing_of_the_method_is_said_beside_the_definition(stack: Stack) -> None:
    """What the digest does not cover would be changed without ever being served."""
    said = {"METHOD": "apigateway:Method", "VALIDATOR": "apigateway:RequestValidator", "INTEGRATION": "apigateway:Integration"}
    references = {"restApi", "resourceId", "requestModels", "requestValidatorId", "httpMethod", "uri", "name"}
    for constant, kind in said.items():
        inputs = stack.one(kind).inputs.keys() - references
        assert inputs <= {_camel(name) for name in getattr(api_definition, constant)}, kind


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def test_the_logging_role_of_the_account_belongs_to_one_stack(stack: Stack, build: Callable[..., Stack]) -> None:
    account = stack.one("apigateway:Account").inputs
    assert account["cloudwatchRoleArn"] == f"{stack.one('iam:Role', 'api-gateway').id}.arn"
    assert {
        service
        for one in statements(stack.one("iam:Role", "api-gateway"), "assumeRolePolicy")
        for service in one["Principal"].values()
    } == {"apigateway.amazonaws.com"}
    second = build(ownsApiGatewayAccount="false")
    assert [one.id for one in second.aws if one.type.endswith(":Account") or one.name == "api-gateway"] == []
