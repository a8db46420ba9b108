"""The database's storage is encrypted with a key of the stack."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database


@check(requirement=("D2", "K1"), title="The database's storage is encrypted with a customer-managed key")
def rds_storage_encrypted(snapshot: Snapshot) -> Judgements:
    """AWS's own key would do for encryption, but nobody could say who may use it."""
    database = snapshot.read(Database)
    yield judge(
        database.name,
        ok=database.storage_encrypted and database.key_arn in snapshot.outputs.key_arns.values(),
        good=f"{database.name} encrypts its storage with {database.key_arn}.",
        bad=f"{database.name} does not encrypt its storage with a key of the stack (key: {database.key_arn or 'none'}).",
        remedy="Restore it from a snapshot copied with the stack's key: encryption cannot be changed in place.",
    )
