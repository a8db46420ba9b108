"""RDS: who may log in as master, and the secret that RDS keeps for it if asked to.

The emulator manages master secrets for clusters only, so this does what RDS does: a password nobody chose, in a secret
named after the instance, tagged with its ARN, deleted with it.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.provider.base import ProviderError, tag_list

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

PASSWORD_BYTES = 24
DEFAULT_KEY = "alias/aws/secretsmanager"
PASSWORDS = ("password", "passwordWo")


def password(inputs: Properties) -> str:
    """The master password: generated if RDS is to manage it, otherwise the program's.

    Raises:
        ProviderError: If neither is asked for, or both.
    """
    given = [inputs[name] for name in PASSWORDS if inputs.get(name)]
    if inputs.get("manageMasterUserPassword"):
        if given:
            raise ProviderError("password and manageMasterUserPassword exclude each other: give one of them")
        return secrets.token_urlsafe(PASSWORD_BYTES)
    if not given:
        raise ProviderError("a new instance needs manageMasterUserPassword (better) or password")
    return str(given[0])


def keep(aws: Session, resource_id: str, arn: str, inputs: Properties, word: str) -> None:
    """Create the secret of one instance.

    Args:
        aws: Where.
        resource_id: The instance's ``db-…`` id, which names the secret.
        arn: The instance's ARN.
        inputs: The instance's inputs.
        word: The password.
    """
    tags = {"aws:secretsmanager:owningService": "rds", "aws:rds:primaryDBInstanceArn": arn}
    aws.client("secretsmanager").create_secret(
        Name=_name(resource_id),
        Description=f"The secret associated with the primary RDS DB instance: {arn}",
        KmsKeyId=inputs.get("masterUserSecretKmsKeyId") or DEFAULT_KEY,
        SecretString=json.dumps({"username": inputs["username"], "password": word}),
        Tags=tag_list(tags),
    )


def kept(aws: Session, resource_id: str) -> list[Properties]:
    """The secret as an instance's ``masterUserSecrets``; empty if there is none."""
    manager = aws.client("secretsmanager")
    try:
        found = manager.describe_secret(SecretId=_name(resource_id))
    except manager.exceptions.ResourceNotFoundException:
        return []
    status = "deleting" if found.get("DeletedDate") else "active"
    return [{"secretArn": found["ARN"], "secretStatus": status, "kmsKeyId": found.get("KmsKeyId", DEFAULT_KEY)}]


def forget(aws: Session, resource_id: str) -> None:
    """Delete the secret, at once as RDS does."""
    if kept(aws, resource_id):
        aws.client("secretsmanager").delete_secret(SecretId=_name(resource_id), ForceDeleteWithoutRecovery=True)


def _name(resource_id: str) -> str:
    return f"rds!{resource_id}"
