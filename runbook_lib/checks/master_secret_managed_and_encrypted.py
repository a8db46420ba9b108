"""The master password is made and kept by RDS, under a key of the stack."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database
from runbook_lib.snapshot.secretsmanager import MasterSecret


@check(requirement=("D3", "K1"), title="The master secret is RDS's own, encrypted with a customer-managed key")
def master_secret_managed_and_encrypted(snapshot: Snapshot) -> Judgements:
    """RDS marks the secrets it manages with their instance, by tags that nobody else can set."""
    secret, database = snapshot.read(MasterSecret), snapshot.read(Database)
    yield judge(
        secret.name,
        ok=secret.owner == "rds" and secret.database_arn == database.arn and not secret.deleted,
        good=f"{database.name} manages its master secret {secret.name}.",
        bad=f"{secret.name} is {'deleted' if secret.deleted else 'not a secret that RDS manages for ' + database.name}.",
        remedy="Set manageMasterUserPassword to true (deploy again).",
    )
    yield judge(
        secret.name,
        ok=secret.key_arn in snapshot.outputs.key_arns.values(),
        good=f"{secret.name} is encrypted with {secret.key_arn}.",
        bad=f"{secret.name} is encrypted with {secret.key_arn or 'the default key'}, not with a key of the stack.",
        remedy="Set masterUserSecretKmsKeyId to the database key (deploy again).",
    )
