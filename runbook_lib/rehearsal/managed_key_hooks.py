"""Gives MiniStack the keys that AWS manages itself: each is there, as ``alias/aws/SERVICE``, once somebody names it.

As in AWS, ListAliases names them all, those that nobody has used yet without a key; describing one by its alias makes it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.services import kms

if TYPE_CHECKING:
    from collections.abc import Callable

    Record = dict[str, Any]
    Answer = tuple[int, dict[str, str], bytes]

PREFIX = "alias/aws/"
MANAGER = "_managed_by"
# The services whose keys AWS manages in every account (KMS developer guide, "AWS managed keys", and the services' own guides).
SERVICES = (
    *("acm", "backup", "codeartifact", "codecommit", "connect", "dms", "dynamodb", "ebs", "elasticfilesystem", "es"),
    *("fsx", "glue", "imagebuilder", "kafka", "kinesis", "kinesisvideo", "lambda", "lex", "lightsail", "logs", "mwaa"),
    *("rds", "redshift", "s3", "secretsmanager", "ses", "sns", "sqs", "ssm", "storagegateway", "workspaces", "xray"),
)

# MiniStack's own helpers and stores; private, and pinned with its version.
keys: dict[str, Record] = kms._keys  # noqa: SLF001  # see above
aliases: dict[str, str] = kms._aliases  # noqa: SLF001  # see above
alias_arn: Callable[[str], str] = kms._alias_arn  # noqa: SLF001  # see above
resolve_key: Callable[[str], Record | None] = kms._resolve_key  # noqa: SLF001  # see above
key_metadata: Callable[[Record], Record] = kms._key_metadata  # noqa: SLF001  # see above
list_aliases: Callable[[Record], Answer] = kms._list_aliases  # noqa: SLF001  # see above


def install() -> None:
    """Put these answers in front of MiniStack's."""
    kms._resolve_key = _resolve_key  # noqa: SLF001  # MiniStack's operations call them by these names
    kms._key_metadata = _key_metadata  # noqa: SLF001  # the same
    kms._list_aliases = _list_aliases  # noqa: SLF001  # the same


def _resolve_key(name: str) -> Record | None:
    for service in SERVICES if name and PREFIX in name else ():
        arn = alias_arn(PREFIX + service)
        if name in (PREFIX + service, arn) and arn not in aliases:
            _make(service, arn)
    return resolve_key(name)


def _make(service: str, arn: str) -> None:
    described = f"Default key that protects my {service} data when no other key is defined"
    _, _, body = kms._create_key({"Description": described, "Policy": json.dumps(_policy(service))})  # noqa: SLF001  # see above
    id_ = json.loads(body)["KeyMetadata"]["KeyId"]
    keys[id_][MANAGER] = "AWS"
    keys[id_]["KeyRotationEnabled"] = True  # every year, and nobody can switch it off
    aliases[arn] = id_
    kms._stamp_alias(arn, created=True)  # noqa: SLF001  # see above


def _policy(service: str) -> Record:
    """Whoever in the account may use the service may use the key, through the service."""
    account, region = kms.get_account_id(), kms.get_region()
    through = {"kms:CallerAccount": account, "kms:ViaService": f"{service}.{region}.amazonaws.com"}
    usage = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"]
    metadata = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"]
    allow = {"Effect": "Allow", "Resource": "*"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            allow | {"Principal": {"AWS": "*"}, "Action": usage, "Condition": {"StringEquals": through}},
            allow | {"Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": metadata},
        ],
    }


def _key_metadata(record: Record) -> Record:
    return key_metadata(record) | ({"KeyManager": record[MANAGER]} if MANAGER in record else {})


def _list_aliases(request: Record) -> Answer:
    status, headers, body = list_aliases(request)
    answer = json.loads(body)
    if not request.get("KeyId"):
        there = {each["AliasName"] for each in answer["Aliases"]}
        names = [PREFIX + service for service in SERVICES if PREFIX + service not in there]
        answer["Aliases"] += [{"AliasName": name, "AliasArn": alias_arn(name)} for name in names]
    return status, headers, json.dumps(answer).encode()
