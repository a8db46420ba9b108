"""The customer-managed keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.policies import Statement, statements
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class Key(Tagged):
    """A key, named by its ARN."""

    state: str
    customer_managed: bool
    rotates: bool
    policy: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys by their ARN."""

    by_arn: Mapping[str, Key]


@collects(Keys)
def keys(aws: Aws, outputs: StackOutputs) -> Keys:
    """Read the keys named by the outputs."""
    return Keys(by_arn={arn: _key(aws, arn) for arn in sorted(set(outputs.key_arns.values()))})


def _key(aws: Aws, arn: str) -> Key:
    client = aws.client("kms")
    raw = client.describe_key(KeyId=arn)["KeyMetadata"]
    tags = client.list_resource_tags(KeyId=arn)["Tags"]
    return Key(
        name=raw["Arn"],
        tags=by_key(tags, key="TagKey", value="TagValue"),
        state=raw["KeyState"],
        customer_managed=raw["KeyManager"] == "CUSTOMER",
        rotates=client.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"],
        policy=statements(client.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]),
    )
