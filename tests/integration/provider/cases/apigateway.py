"""API Gateway (REST)."""

from integration.provider.documents import ACCOUNT, allow
from integration.provider.harness import Case, Make, Properties

AWS = "aws:apigateway"
SCHEMA = '{"type": "object", "required": ["amount"]}'
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"


def _api(make: Make) -> Properties:
    return make(f"{AWS}/restApi:RestApi", endpointConfiguration={"types": "REGIONAL"})


def _resource(make: Make) -> Properties:
    api = _api(make)
    path = {"restApi": api["id"], "parentId": api["rootResourceId"], "pathPart": "payments"}
    return {"restApi": api["id"], "resourceId": make(f"{AWS}/resource:Resource", **path)["id"]}


def _method(make: Make) -> Properties:
    where = _resource(make) | {"httpMethod": "POST"}
    make(f"{AWS}/method:Method", **where, authorization="NONE")
    return where


def _mock(make: Make) -> Properties:
    where = _method(make)
    make(f"{AWS}/integration:Integration", **where, type="MOCK", requestTemplates={"application/json": "{}"})
    return where


def _deployment(make: Make) -> Properties:
    where = _mock(make)
    deployment = make(f"{AWS}/deployment:Deployment", restApi=where["restApi"])["id"]
    return {"restApi": where["restApi"], "deployment": deployment}


def _stage(make: Make) -> Properties:
    stage = make(f"{AWS}/stage:Stage", **_deployment(make), stageName="case-1")
    return {"restApi": stage["restApi"], "stageName": "case-1"}


def _plan(make: Make) -> Properties:
    stage = _stage(make)
    stages = [{"apiId": stage["restApi"], "stage": stage["stageName"]}]
    limits = {"throttleSettings": {"burstLimit": 5, "rateLimit": 2.5}, "quotaSettings": {"limit": 100, "period": "DAY"}}
    return {"apiStages": stages, "description": "a", **limits}


def _key_in_plan(make: Make) -> Properties:
    plan, key = make(f"{AWS}/usagePlan:UsagePlan", **_plan(make)), make(f"{AWS}/apiKey:ApiKey")
    return {"keyId": key["id"], "keyType": "API_KEY", "usagePlanId": plan["id"]}


CASES = [
    Case(
        f"{AWS}/restApi:RestApi",
        lambda _: {
            "binaryMediaTypes": ["application/pdf"],
            "description": "a",
            "endpointConfiguration": {"types": "REGIONAL"},
            "policy": allow("execute-api:Invoke", "execute-api:/*", Principal="*"),
        },
        lambda _: {
            "description": "b",
            "policy": allow("execute-api:Invoke", "execute-api:/b/*", Principal="*"),
            "tags": {"Name": "b"},
        },
    ),
    Case(
        f"{AWS}/resource:Resource",
        lambda make: {"parentId": (api := _api(make))["rootResourceId"], "restApi": api["id"], "pathPart": "a"},
        lambda _: {"pathPart": "b"},
    ),
    Case(
        f"{AWS}/model:Model",
        lambda make: {"restApi": _api(make)["id"], "name": "Case", "contentType": "application/json", "schema": SCHEMA},
        lambda _: {"schema": '{"type": "array"}', "description": "b"},
    ),
    Case(
        f"{AWS}/requestValidator:RequestValidator",
        lambda make: {"restApi": _api(make)["id"], "validateRequestBody": False},
        lambda _: {"validateRequestBody": True},
    ),
    Case(
        f"{AWS}/method:Method",
        lambda make: {**_resource(make), "httpMethod": "POST", "authorization": "NONE", "apiKeyRequired": True},
        lambda _: {"apiKeyRequired": False, "requestParameters": {"method.request.header.X": True}},
    ),
    Case(
        f"{AWS}/methodResponse:MethodResponse",
        lambda make: {**_method(make), "statusCode": "201", "responseModels": {"application/json": "Empty"}},
        lambda _: {"responseModels": {"application/json": "Error"}},
    ),
    Case(
        f"{AWS}/integration:Integration",
        lambda make: {**_method(make), "type": "MOCK", "requestTemplates": {"application/json": "{}"}},
        lambda _: {"timeoutMilliseconds": 5000},
    ),
    Case(
        f"{AWS}/integrationResponse:IntegrationResponse",
        lambda make: {**_mock(make), "statusCode": "201", "responseTemplates": {"application/json": "{}"}},
        lambda _: {"responseTemplates": {"application/json": '{"b": 1}'}},
    ),
    Case(
        f"{AWS}/response:Response",
        lambda make: {"restApiId": _api(make)["id"], "responseType": "BAD_REQUEST_BODY", "statusCode": "422"},
        lambda _: {"statusCode": "400", "responseTemplates": {"application/json": "{}"}},
    ),
    Case(
        f"{AWS}/deployment:Deployment",
        lambda make: {"restApi": _mock(make)["restApi"], "description": "a", "triggers": {"api": "1"}},
        lambda _: {"description": "b"},
    ),
    Case(
        f"{AWS}/stage:Stage",
        lambda make: {
            **_deployment(make),
            "accessLogSettings": {"destinationArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:a", "format": "$x"},
            "stageName": "case-1",
            "variables": {"a": "1"},
            "xrayTracingEnabled": True,
        },
        lambda _: {"description": "b", "variables": {"b": "2"}, "xrayTracingEnabled": False, "tags": {"Name": "b"}},
        added={("variables", "added"): "2"},
    ),
    Case(
        f"{AWS}/methodSettings:MethodSettings",
        lambda make: {**_stage(make), "methodPath": "*/*", "settings": {"metricsEnabled": True, "loggingLevel": "INFO"}},
        lambda _: {"settings": {"metricsEnabled": False, "throttlingRateLimit": 5, "throttlingBurstLimit": 6}},
        added={("settings", "dataTraceEnabled"): True},
    ),
    Case(
        f"{AWS}/usagePlan:UsagePlan",
        _plan,
        lambda _: {"throttleSettings": {"burstLimit": 7, "rateLimit": 3}, "description": "b", "tags": {"Name": "b"}},
        added={("quotaSettings", "offset"): 2},
    ),
    Case(f"{AWS}/apiKey:ApiKey", lambda _: {"description": "a"}, lambda _: {"enabled": False, "tags": {"Name": "b"}}),
    Case(f"{AWS}/usagePlanKey:UsagePlanKey", _key_in_plan),
    Case(
        f"{AWS}/account:Account",
        lambda _: {"cloudwatchRoleArn": f"{ROLE}a"},
        lambda _: {"cloudwatchRoleArn": f"{ROLE}b"},
        stays="an account always has its settings",
    ),
]
