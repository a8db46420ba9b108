"""Reads what the versions in a plan are judged by: what RDS offers of each engine in it, and what the databases run now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.errors import TargetError
from runbook_lib.lifecycle import ServiceLife, lives_of
from runbook_lib.plan import COMPUTED, GENERATED
from runbook_lib.versions.catalogue import Offer, lives, offers
from runbook_lib.versions.paths import Offers
from runbook_lib.versions.support import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.days import Day
    from runbook_lib.plan import Operation, Plan
    from runbook_lib.versions.discovery import Discovery

    State = Callable[[], Iterable[Mapping[str, Any]]]

DATABASES = {
    "aws:rds/instance:Instance": ("identifier", "describe_db_instances", "DBInstanceIdentifier", "DBInstances"),
    "aws:rds/cluster:Cluster": ("clusterIdentifier", "describe_db_clusters", "DBClusterIdentifier", "DBClusters"),
}
"""By type: its name, and how RDS tells what it runs."""
WITHOUT_NAME = frozenset({"aws:rds/clusterInstance:ClusterInstance", "aws:rds/globalCluster:GlobalCluster"})
ENGINES = DATABASES.keys() | WITHOUT_NAME
DISCOVERED = "postgres"
_STATUS = {Verdict.CREATABLE: "available", Verdict.WITHDRAWN: "deprecated"}
_MISSING = ("DBInstanceNotFound", "DBClusterNotFound")


def read(aws: Aws, plan: Plan, found: Discovery, day: Day, state: State = list) -> tuple[dict[str, Offers], dict[str, str]]:
    """Read what RDS says, once for each engine.

    Args:
        aws: Where to ask.
        plan: The plan.
        found: What 01 found out, of PostgreSQL.
        day: The day that answers are true for.
        state: Reads the stack's resources; asked only for names that Pulumi made up, which a plan does not show.

    Returns:
        What is offered, by engine; and what databases that would be changed run now, by the operation's URN.

    Raises:
        TargetError: RDS does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    engines = {str(op.inputs.get("engine")) for op in _databases(plan)} - {DISCOVERED, COMPUTED, "None"}
    try:
        asked = {
            engine: Offers(
                engine=engine,
                offers=tuple(offers(aws, engine)),
                source=day.source,
                as_of=day.as_of,
                lives=lives_of(f"rds-{engine}") | lives(aws, engine, day.today),
            )
            for engine in sorted(engines)
        }
        updated = [op for op in _databases(plan) if op.op == "update"]
        made_up = any(GENERATED in op.old_inputs.values() for op in updated)
        outputs = {str(each["urn"]): each.get("outputs") or {} for each in state()} if made_up else {}
        running = {op.urn: version for op in updated if (version := _running(aws, op, outputs.get(op.urn, {})))}
    except (BotoCoreError, ClientError) as error:
        raise TargetError(
            f"RDS does not say what the planned databases can be moved to: {error}",
            remedy="Check the network, and that rds:DescribeDBEngineVersions, -DBInstances and -DBClusters are allowed.",
        ) from error
    return {DISCOVERED: of_discovery(found), **asked}, running


def of_discovery(found: Discovery) -> Offers:
    """What 01 found out of PostgreSQL."""
    listed = tuple(
        Offer(version=each.version, status=_STATUS.get(each.verdict, ""), upgrade_targets=each.upgrade_targets)
        for each in found.engines
    )
    lives = {
        str(major): ServiceLife(service=DISCOVERED, cycle=str(major), **each.model_dump(exclude={"major"}))
        for major, each in found.lifecycle.items()
    }
    return Offers(engine=DISCOVERED, offers=listed, source=found.source, as_of=found.as_of, lives=lives)


def _databases(plan: Plan) -> Iterator[Operation]:
    return (op for op in plan.operations if op.type in ENGINES and op.op != "delete")


def _running(aws: Aws, op: Operation, outputs: Mapping[str, Any]) -> str:
    """What a database runs: RDS upgrades minors by itself, and the state need not know. Empty where there is none of its name."""
    from botocore.exceptions import ClientError

    name, operation, parameter, key = DATABASES.get(op.type, ("", "", "", ""))
    identifier = outputs.get(name) or op.old_inputs.get(name)
    if not identifier or identifier == GENERATED:
        return ""
    try:
        answer = getattr(aws.client("rds"), operation)(**{parameter: identifier})
    except ClientError as error:
        if error.response["Error"]["Code"].startswith(_MISSING):
            return ""
        raise
    return str(answer[key][0].get("EngineVersion", ""))
