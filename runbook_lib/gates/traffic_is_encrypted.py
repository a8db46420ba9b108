"""What is sent over a network is encrypted, as far as its resource can be told so."""

from __future__ import annotations

from typing import Any

from runbook_lib.documented import values_at
from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, known_later, shown

SET: dict[str, tuple[tuple[str, Any], ...]] = {
    "aws:appsync/apiCache:ApiCache": (("transitEncryptionEnabled", True),),
    "aws:datasync/efsLocation:EfsLocation": (("inTransitEncryption", "TLS1_2"),),
    "aws:dax/cluster:Cluster": (("clusterEndpointEncryptionType", "TLS"),),
    "aws:elasticache/cluster:Cluster": (("transitEncryptionEnabled", True),),
    "aws:elasticache/replicationGroup:ReplicationGroup": (("transitEncryptionEnabled", True),),
    "aws:elasticsearch/domain:Domain": (("domainEndpointOptions.enforceHttps", True), ("nodeToNodeEncryption.enabled", True)),
    "aws:opensearch/domain:Domain": (("domainEndpointOptions.enforceHttps", True), ("nodeToNodeEncryption.enabled", True)),
    "aws:rds/proxy:Proxy": (("requireTls", True),),
}
"""Types that speak in clear unless an input says otherwise."""
CLEAR: dict[str, tuple[tuple[str, tuple[Any, ...]], ...]] = {
    "aws:cloudfront/distribution:Distribution": (
        ("defaultCacheBehavior.viewerProtocolPolicy", ("allow-all",)),
        ("orderedCacheBehaviors.viewerProtocolPolicy", ("allow-all",)),
        ("origins.customOriginConfig.originProtocolPolicy", ("http-only", "match-viewer")),
    ),
    "aws:dms/endpoint:Endpoint": (("sslMode", ("none",)),),
    "aws:memorydb/cluster:Cluster": (("tlsEnabled", (False,)),),
    "aws:msk/cluster:Cluster": (
        ("encryptionInfo.encryptionInTransit.clientBroker", ("PLAINTEXT", "TLS_PLAINTEXT")),
        ("encryptionInfo.encryptionInTransit.inCluster", (False,)),
    ),
    "aws:sns/topicSubscription:TopicSubscription": (("protocol", ("http",)),),
}
"""Types that speak in clear where an input says so."""
DISKS = "volumes.efsVolumeConfiguration"


@gate(requirement=("D2", "M2"), title="What is sent is encrypted")
def traffic_is_encrypted(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """Listeners of load balancers are another gate's; whether PostgreSQL demands TLS, ``04_verify`` asks its parameters."""
    planned = list(shown(plan))
    for op in planned:
        wrong = _wrong(op)
        if wrong:
            yield judge(
                op.name,
                ok=False,
                good="",
                bad=f"{op.name} ({op.type}) speaks in clear: {', '.join(wrong)}.",
                remedy="Switch TLS on; of most of these it cannot be changed later without a replacement.",
            )
        elif later := _not_known(op):
            yield known_later(op, later)
    able = [op for op in planned if op.type in SET.keys() | CLEAR.keys()]
    yield judge(
        f"{len(able)} resources that can speak in clear",
        ok=bool(planned),
        good=f"Of {len(planned)} resources {len(able)} are of a type that can be told to speak in clear.",
        bad="The plan holds no AWS resource.",
        remedy="Plan again; a plan without resources shows nothing.",
    )


def _not_known(op: Operation) -> list[str]:
    paths = [path for path, _ in (*SET.get(op.type, ()), *CLEAR.get(op.type, ()))]
    return [path for path in paths if COMPUTED in values_at(op.inputs, path.split("."))]


def _wrong(op: Operation) -> list[str]:
    def at(path: str) -> list[Any]:
        return values_at(op.inputs, path.split("."))

    unset = [path for path, on in SET.get(op.type, ()) if not any(value in (on, COMPUTED) for value in at(path))]
    clear = [f"{path} {value}" for path, off in CLEAR.get(op.type, ()) for value in at(path) if value in off]
    plain = op.type == "aws:ecs/taskDefinition:TaskDefinition" and any(
        isinstance(disk, dict) and disk.get("transitEncryption") not in {"ENABLED", COMPUTED} for disk in at(DISKS)
    )
    return [*unset, *clear, *([f"{DISKS}.transitEncryption"] if plain else [])]
