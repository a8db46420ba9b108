"""Every migration is applied, and applying them again changes nothing."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_schema import Schema


@check(requirement=("X1",), title="The schema is current, and migrating again is safe")
def schema_current(snapshot: Snapshot) -> Judgements:
    """The state was asked for before the migration was repeated."""
    schema, function = snapshot.read(Schema), snapshot.outputs.schema_function_name
    yield judge(
        snapshot.outputs.rds_identifier,
        ok=schema.version == schema.newest > 0 and not schema.applied_again,
        good=f"The schema is at version {schema.version}; migrating again applied nothing.",
        bad=f"The schema was at version {schema.version} of {schema.newest}; migrating again applied "
        f"{list(schema.applied_again)}.",
        remedy=f"Run 03_deploy, which invokes {function}; find out why it had not.",
    )
