"""Lambda."""

from integration.provider.documents import ACCOUNT, function, package, role
from integration.provider.harness import Case, Make

FUNCTION = "aws:lambda/function:Function"
DEAD = f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"


def configured_function(make: Make) -> dict:
    """What the subject is made with."""
    vpc = make.vpc()
    return {
        "architectures": ["arm64"],
        "code": package(),
        "deadLetterConfig": {"targetArn": DEAD},
        "description": "a",
        "environment": {"variables": {"STAGE": "a"}},
        "ephemeralStorage": {"size": 1024},
        "handler": "index.handler",
        "loggingConfig": {"logFormat": "JSON", "logGroup": "/case/a", "applicationLogLevel": "INFO"},
        "publish": True,
        "reservedConcurrentExecutions": 5,
        "role": role(make)["arn"],
        "runtime": "python3.12",
        "tracingConfig": {"mode": "Active"},
        "vpcConfig": {"subnetIds": [make.subnet(vpc)], "securityGroupIds": [make.security_group(vpc)]},
    }


def _permission(make: Make) -> dict:
    source = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:abc/*/POST/payments"
    return {
        "action": "lambda:InvokeFunction",
        "function": function(make)["name"],
        "principal": "apigateway.amazonaws.com",
        "sourceArn": source,
    }


CASES = [
    Case(
        FUNCTION,
        configured_function,
        lambda make: {
            "architectures": ["x86_64"],
            "code": package("def handler(event, context): return 'b'"),
            "deadLetterConfig": None,
            "description": "b",
            "environment": {"variables": {"STAGE": "b"}},
            "memorySize": 512,
            "reservedConcurrentExecutions": 7,
            "role": role(make)["arn"],
            "runtime": "python3.13",
            "tags": {"Name": "b"},
            "timeout": 20,
            "tracingConfig": {"mode": "PassThrough"},
        },
        added={("environment", "variables", "ADDED"): "b"},
        unobservable={"code": "Lambda hands back its hash only: see codeSha256"},
    ),
    Case("aws:lambda/permission:Permission", _permission),
    Case(
        "aws:lambda/alias:Alias",
        lambda make: {"functionName": function(make, publish=True)["name"], "functionVersion": "1"},
        lambda _: {"functionVersion": "$LATEST", "description": "b"},
    ),
    Case(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        lambda make: {"functionName": function(make)["name"], "maximumRetryAttempts": 0},
        lambda _: {"maximumRetryAttempts": 1, "maximumEventAgeInSeconds": 60},
    ),
    Case(
        "aws:lambda/invocation:Invocation",
        lambda make: {"functionName": function(make)["name"], "input": "{}"},
        stays="a call that was made was made",
    ),
]
