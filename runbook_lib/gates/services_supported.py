"""Other services that have versions run one in standard support."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Plan, gate, none_is, shown
from runbook_lib.judgement import Judgement, unknown
from runbook_lib.lifecycle import lives_of
from runbook_lib.results import Status
from runbook_lib.versions.lasting import KNOWN_BEFORE, judge_life

if TYPE_CHECKING:
    from runbook_lib.plan import Operation

VERSIONED = {
    "aws:eks/cluster:Cluster": ("version", ("eks",)),
    "aws:eks/nodeGroup:NodeGroup": ("version", ("eks",)),
    "aws:elasticache/cluster:Cluster": ("engineVersion", ("engine", "elasticache-")),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("engineVersion", ("engine", "elasticache-", "redis")),
    "aws:elasticache/serverlessCache:ServerlessCache": ("majorEngineVersion", ("engine", "elasticache-")),
    "aws:opensearch/domain:Domain": ("engineVersion", ("opensearch",)),
    "aws:elasticsearch/domain:Domain": ("elasticsearchVersion", ("elasticsearch",)),
    "aws:docdb/cluster:Cluster": ("engineVersion", ("documentdb",)),
    "aws:neptune/cluster:Cluster": ("engineVersion", ("neptune",)),
    "aws:mq/broker:Broker": ("engineVersion", ("engineType", "mq-")),
    "aws:msk/cluster:Cluster": ("kafkaVersion", ("msk",)),
    "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": ("engineVersion", ("engine", "elasticache-", "redis")),
}
"""By type: the property that says the version, and the service; or the property that says that, what to put before, a default."""


SAYING = (
    "airflowVersion", "clusterVersion", "elasticsearchVersion", "engineVersion", "glueVersion", "kafkaVersion",
    "majorEngineVersion", "releaseLabel", "runtimeVersion",
)  # fmt: skip
"""Properties by which other types say a version: their service is the one that their token names."""
ELSEWHERE = frozenset({"lambda", "rds"})
"""Services whose versions other gates judge."""
BELONGING = {"aws:eks/nodeGroup:NodeGroup": "clusterName", "aws:elasticache/cluster:Cluster": "replicationGroupId"}
"""By type: the property that names what it has its version from, where it says none."""


@gate(requirement=("F1",), title="Versions of other services are in standard support")
def services_supported(plan: Plan, context: GateContext) -> Judgements:
    """Beyond it AWS charges for Extended Support where there is one, and upgrades by itself where there is none."""
    found = [(op, property_) for op in shown(plan) if (property_ := _says(op))]
    for op, property_ in found:
        version = str(op.inputs.get(property_) or "")
        service = _service(op)
        if version and COMPUTED not in {version, service}:
            yield judge_life(op.name, service, version, lives_of(service), day=context.day, days=context.min_support_days)
        elif version:
            yield unknown(op.name, f"{op.name}: {service} {version} is known only after the update.", KNOWN_BEFORE)
        elif op.inputs.get(BELONGING.get(op.type, "")):
            yield Judgement(Status.PASS, op.name, f"{op.name} has the version of what it belongs to.")
        else:
            why = "which one AWS takes, or runs, is not in the plan"
            yield unknown(op.name, f"{op.name} names no version of {service}: {why}.", f"Say {property_}.")
    if not found:
        yield none_is(plan, "of another service with versions")


def _says(op: Operation) -> str:
    """The property by which a resource says the version of a service; empty where it has none."""
    if op.type in VERSIONED:
        return VERSIONED[op.type][0]
    return "" if _module(op) in ELSEWHERE else next((name for name in SAYING if op.inputs.get(name)), "")


def _module(op: Operation) -> str:
    return op.type.split(":")[1].split("/")[0]


def _service(op: Operation) -> str:
    if op.type not in VERSIONED:
        return _module(op)
    name, *rest = VERSIONED[op.type][1]
    return f"{rest[0]}{str(op.inputs.get(name) or ''.join(rest[1:])).lower()}" if rest else name
