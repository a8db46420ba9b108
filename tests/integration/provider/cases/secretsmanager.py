"""Secrets Manager."""

from integration.provider.documents import ACCOUNT, allow, key
from integration.provider.harness import Case, Make

from runbook_lib.rehearsal.values import Secret

SECRET = "aws:secretsmanager/secret:Secret"
READER = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}


def _secret(make: Make) -> str:
    return str(make(SECRET, recoveryWindowInDays=0)["arn"])


CASES = [
    Case(
        SECRET,
        lambda make: {"kmsKeyId": key(make)["arn"], "policy": allow("secretsmanager:GetSecretValue", **READER)},
        lambda make: {
            "description": "b",
            "kmsKeyId": key(make)["arn"],
            "policy": allow("secretsmanager:DescribeSecret", **READER),
            "tags": {"Name": "b"},
        },
        unobservable={"recoveryWindowInDays": "Secrets Manager learns it when the secret is deleted"},
    ),
    Case(
        "aws:secretsmanager/secretVersion:SecretVersion",
        lambda make: {"secretId": _secret(make), "secretString": Secret("qanary")},
        stays="the current version ends with its secret",
    ),
    Case(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        lambda make: {"secretArn": _secret(make), "policy": allow("secretsmanager:GetSecretValue", **READER)},
        lambda _: {"policy": allow("secretsmanager:DescribeSecret", **READER)},
    ),
]
