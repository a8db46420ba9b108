"""What the schema function says about the database, which nothing outside the VPC can reach; and the cleaning up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.snapshot.collect import Turn, collects
from runbook_lib.snapshot.probe import Bench

if TYPE_CHECKING:
    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True)
class Schema:
    """The database as the schema function finds it."""

    version: int
    """The newest migration recorded in the database."""
    newest: int
    """The newest migration the deployed function has."""
    applied_again: tuple[int, ...]
    """What a repeated migration applied; nothing, if it is safe to repeat."""


@dataclass(frozen=True)
class Cleanup:
    """The removal of the test payments' rows."""

    removed: int


@collects(Schema)
def schema(aws: Aws, outputs: StackOutputs) -> Schema:
    """Ask for the state before repeating the migration, so that a repeat that did something shows."""
    bench = Bench(aws, outputs)
    state = bench.ask_schema(action="state")
    repeated = bench.ask_schema(action="migrate")
    return Schema(
        version=state["current"],
        newest=repeated["current"],
        applied_again=tuple(repeated["applied"]),
    )


@collects(Cleanup, turn=Turn.CLEANUP)
def cleanup(aws: Aws, outputs: StackOutputs) -> Cleanup:
    """Remove the rows of all test payments, after every experiment is over."""
    return Cleanup(removed=len(Bench(aws, outputs).ask_schema(action="forget_test_payments")["removed"]))
