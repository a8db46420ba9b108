"""CloudWatch Logs."""

from integration.provider.documents import allow, key
from integration.provider.harness import Case, Make

SERVICE = {"Principal": {"Service": "delivery.logs.amazonaws.com"}}


def _transformation(name: str) -> dict:
    return {"name": name, "namespace": "Payments", "value": "1", "defaultValue": "0", "unit": "Count"}


def _filter(make: Make) -> dict:
    group = make("aws:cloudwatch/logGroup:LogGroup")["name"]
    return {"logGroupName": group, "pattern": "{ $.a = 1 }", "metricTransformation": _transformation("a")}


CASES = [
    Case(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda make: {"name": "/case/group", "kmsKeyId": key(make)["arn"], "retentionInDays": 30},
        lambda _: {"retentionInDays": 7, "tags": {"Name": "b"}},
    ),
    Case(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        _filter,
        lambda _: {"pattern": "ERROR", "metricTransformation": _transformation("b")},
    ),
    Case(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        lambda _: {"policyName": "case", "policyDocument": allow("logs:PutLogEvents", **SERVICE)},
        lambda _: {"policyDocument": allow("logs:CreateLogStream", **SERVICE)},
    ),
]
