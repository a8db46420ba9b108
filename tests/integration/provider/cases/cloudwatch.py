"""CloudWatch alarms and dashboards."""

from integration.provider.documents import ACCOUNT
from integration.provider.harness import Case, Make

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def _alarm(_: Make) -> dict:
    return {
        "alarmActions": [f"{TOPIC}a"],
        "alarmDescription": "a",
        "comparisonOperator": "GreaterThanThreshold",
        "datapointsToAlarm": 2,
        "dimensions": {"DBInstanceIdentifier": "payments"},
        "evaluationPeriods": 3,
        "metricName": "CPUUtilization",
        "namespace": "AWS/RDS",
        "period": 60,
        "statistic": "Average",
        "threshold": 80,
        "treatMissingData": "breaching",
    }


def _rule(make: Make, state: str) -> str:
    settings = {name: value for name, value in _alarm(make).items() if name != "alarmActions"}
    return f'{state}("{make(ALARM, **settings)["name"]}")'


CASES = [
    Case(
        ALARM,
        _alarm,
        lambda _: {
            "alarmActions": [f"{TOPIC}b"],
            "alarmDescription": "b",
            "dimensions": {"DBInstanceIdentifier": "other"},
            "okActions": [f"{TOPIC}a", f"{TOPIC}b"],
            "tags": {"Name": "b"},
            "threshold": 90.5,
            "treatMissingData": "notBreaching",
        },
        added={("dimensions", "Role"): "writer"},
    ),
    Case(
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        lambda make: {"alarmName": "case", "alarmRule": _rule(make, "ALARM"), "alarmActions": [f"{TOPIC}a"]},
        lambda make: {"alarmRule": _rule(make, "OK"), "alarmDescription": "b", "tags": {"Name": "b"}},
    ),
    Case(
        "aws:cloudwatch/dashboard:Dashboard",
        lambda _: {"dashboardName": "case", "dashboardBody": '{"widgets": []}'},
        lambda _: {"dashboardBody": '{"widgets": [], "start": "-PT6H"}'},
    ),
]
