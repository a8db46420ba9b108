"""The master secret's description; its value is never read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class MasterSecret(Tagged):
    """The database's master secret."""

    arn: str
    key_arn: str
    """Empty when it is encrypted with the account's default key."""
    owner: str
    """``rds`` when RDS manages it."""
    database_arn: str
    """The instance it is the master secret of, as RDS marks it."""
    deleted: bool


@collects(MasterSecret)
def master_secret(aws: Aws, outputs: StackOutputs) -> MasterSecret:
    """Describe the secret named by the outputs."""
    raw = aws.client("secretsmanager").describe_secret(SecretId=outputs.master_secret_arn)
    tags = by_key(raw.get("Tags"))
    owner = raw.get("OwningService") or tags.get("aws:secretsmanager:owningService", "")
    return MasterSecret(
        name=raw["Name"],
        tags=tags,
        made_by_aws=owner == "rds",
        arn=raw["ARN"],
        key_arn=raw.get("KmsKeyId", ""),
        owner=owner,
        database_arn=tags.get("aws:rds:primaryDBInstanceArn", ""),
        deleted="DeletedDate" in raw,
    )
