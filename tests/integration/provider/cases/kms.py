"""KMS."""

from integration.provider.documents import ACCOUNT, allow, key
from integration.provider.harness import Case

OWNER = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}

CASES = [
    Case(
        "aws:kms/key:Key",
        lambda _: {
            "description": "a",
            "deletionWindowInDays": 7,
            "enableKeyRotation": True,
            "policy": allow("kms:*", **OWNER),
            "rotationPeriodInDays": 180,
            "tags": {"Name": "a"},
        },
        lambda _: {
            "description": "b",
            "isEnabled": False,
            "policy": allow("kms:*", Sid="b", **OWNER),
            "rotationPeriodInDays": 90,
            "tags": {"Name": "b"},
        },
        unobservable={"deletionWindowInDays": "KMS learns it when the key is deleted"},
    ),
    Case(
        "aws:kms/alias:Alias",
        lambda make: {"name": "alias/case", "targetKeyId": key(make)["arn"]},
        lambda make: {"targetKeyId": key(make)["arn"]},
    ),
]
