"""Other services that have versions run one in standard support."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Plan, gate, judge, none_is, resources
from runbook_lib.judgement import Judgement, unknown
from runbook_lib.lifecycle import ServiceLife, services
from runbook_lib.results import Status

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
}
"""By type: the property that says the version, and the service; or the property that says that, what to put before, a default."""


@gate(requirement=("F1",), title="Versions of other services are in standard support")
def services_supported(plan: Plan, context: GateContext) -> Judgements:
    """Beyond it AWS charges for Extended Support where there is one, and upgrades by itself where there is none."""
    found = list(resources(plan, *VERSIONED))
    for op in found:
        version = str(op.inputs.get(VERSIONED[op.type][0]) or "")
        service = _service(op)
        life = _life(service, version)
        if not version:
            yield Judgement(Status.PASS, op.name, f"{op.name} names no version of {service}: AWS takes its own default.")
        elif life is None:
            why = "known only after the update" if COMPUTED in {version, service} else "in no table here"
            yield unknown(
                op.name, f"{op.name}: {service} {version} is {why}.", "Add its dates to runbook_lib/data/lifecycle_services.csv."
            )
        else:
            end, said = life.standard_end, f"ends {life.standard_end}" if life.standard_end else "without an end announced"
            told = f"{op.name}: {service} {version}, standard support {said}"
            yield judge(
                op.name,
                ok=end is None or context.day <= end,
                good=f"{told} ({life.source}, {life.as_of}).",
                bad=f"{told.replace('ends', 'ended')}, judged for {context.day} ({life.source}, {life.as_of}).",
                remedy=f"Use one of {', '.join(_supported(life, context))}.",
            )
    if not found:
        yield none_is(plan, "of another service with versions")


def _service(op: Operation) -> str:
    name, *rest = VERSIONED[op.type][1]
    return f"{rest[0]}{str(op.inputs.get(name) or ''.join(rest[1:])).lower()}" if rest else name


def _life(service: str, version: str) -> ServiceLife | None:
    """The line that a version is of: ``7`` for ``7.1``, ``2.11`` for ``OpenSearch_2.11``."""
    parts = version.rpartition("_")[2].split(".")
    lines = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((services()[service, line] for line in lines if (service, line) in services()), None)


def _supported(life: ServiceLife, context: GateContext) -> list[str]:
    same = (each for (service, _), each in services().items() if service == life.service)
    return [each.cycle for each in same if each.standard_end is None or context.day <= each.standard_end] or ["none on record"]
