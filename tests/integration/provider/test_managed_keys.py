"""Keys that AWS manages itself are there by their aliases, as in any account, and nobody else can have such a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from runbook_lib.rehearsal.provider import registry
from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.lifecycle import Lifecycle

if TYPE_CHECKING:
    from integration.provider.harness import Make

    from runbook_lib.rehearsal.provider.session import Session

TOPIC, QUEUE, SECRET = "aws:sns/topic:Topic", "aws:sqs/queue:Queue", "aws:secretsmanager/secret:Secret"


def aliases(aws: Session) -> dict[str, str | None]:
    pages = aws.client("kms").get_paginator("list_aliases").paginate()
    return {each["AliasName"]: each.get("TargetKeyId") for page in pages for each in page["Aliases"]}


def test_looking_one_up_makes_it_once(aws: Session) -> None:
    get_alias, get_key = (registry.functions()[f"aws:kms/{name}:{name}"] for name in ("getAlias", "getKey"))
    assert aliases(aws)["alias/aws/ebs"] is None, "a key before anybody has named it"
    first, again = (get_alias(aws, {"name": "alias/aws/ebs"}) for _ in range(2))
    assert first == again
    assert first["targetKeyArn"] == aws.arn("kms", f"key/{first['targetKeyId']}")
    assert aliases(aws)["alias/aws/ebs"] == first["targetKeyId"]
    key = get_key(aws, {"keyId": "alias/aws/ebs"})
    assert (key["id"], key["keyManager"]) == (first["targetKeyId"], "AWS")
    assert aws.client("kms").get_key_rotation_status(KeyId=key["id"])["KeyRotationEnabled"] is True
    assert aws.client("kms").list_aliases(KeyId=key["id"])["Aliases"][0]["AliasName"] == "alias/aws/ebs"


def test_each_region_has_its_own(aws: Session) -> None:
    here, there = (session.client("kms").describe_key(KeyId="alias/aws/sqs") for session in (aws, aws.at("eu-west-1")))
    assert here["KeyMetadata"]["Arn"] != there["KeyMetadata"]["Arn"]


def test_a_service_that_has_none(aws: Session) -> None:
    with pytest.raises(ClientError, match="NotFoundException"):
        aws.client("kms").describe_key(KeyId="alias/aws/nothing")
    with pytest.raises(ProviderError, match="0 found"):
        registry.functions()["aws:kms/getAlias:getAlias"](aws, {"name": "alias/aws/nothing"})


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (TOPIC, {"kmsMasterKeyId": "alias/aws/sns"}),
        (QUEUE, {"kmsMasterKeyId": "alias/aws/sqs"}),
        (SECRET, {"kmsKeyId": "alias/aws/secretsmanager", "recoveryWindowInDays": 0}),
    ],
)
def test_resources_take_them(make: Make, token: str, inputs: dict[str, Any]) -> None:
    assert inputs.items() <= make(token, **inputs).items()


@pytest.mark.parametrize("preview", [True, False])
def test_nobody_else_can_have_such_a_name(aws: Session, preview: bool) -> None:  # noqa: FBT001  # a parameter
    with pytest.raises(ProviderError, match="keeps for its own keys"):
        Lifecycle("aws:kms/alias:Alias", aws).create({"name": "alias/aws/mine", "targetKeyId": "a"}, preview=preview)
