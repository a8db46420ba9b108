"""Whatever else has a version runs one in standard support, or nobody says that it does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.gates.test_versions import AT, judged

from runbook_lib.plan import COMPUTED
from runbook_lib.results import Status


@pytest.mark.parametrize(
    ("type_", "inputs", "status"),
    [
        ("aws:eks/cluster:Cluster", {"version": "1.35"}, Status.PASS),
        ("aws:eks/cluster:Cluster", {"version": "1.32"}, Status.FAIL),
        ("aws:eks/cluster:Cluster", {"version": "1.99"}, Status.UNKNOWN),
        ("aws:eks/cluster:Cluster", {"version": COMPUTED}, Status.UNKNOWN),
        ("aws:eks/cluster:Cluster", {}, Status.UNKNOWN),
        ("aws:eks/nodeGroup:NodeGroup", {"clusterName": "c"}, Status.PASS),
        ("aws:elasticache/cluster:Cluster", {"replicationGroupId": "g"}, Status.PASS),
        ("aws:elasticache/cluster:Cluster", {"engine": "redis"}, Status.UNKNOWN),
        ("aws:elasticache/cluster:Cluster", {"engine": "memcached", "engineVersion": "1.6.22"}, Status.UNKNOWN),
        ("aws:elasticache/replicationGroup:ReplicationGroup", {"engineVersion": "7.1"}, Status.PASS),
        ("aws:elasticache/replicationGroup:ReplicationGroup", {"engine": "redis", "engineVersion": "5.0.6"}, Status.FAIL),
        ("aws:elasticache/replicationGroup:ReplicationGroup", {"engine": "valkey", "engineVersion": "8.0"}, Status.PASS),
        ("aws:opensearch/domain:Domain", {"engineVersion": "OpenSearch_2.19"}, Status.PASS),
        ("aws:opensearch/domain:Domain", {"engineVersion": "OpenSearch_2.9"}, Status.FAIL),
        ("aws:opensearch/domain:Domain", {"engineVersion": "Elasticsearch_7.10"}, Status.UNKNOWN),
        ("aws:docdb/cluster:Cluster", {"engineVersion": "3.6.0"}, Status.FAIL),
        ("aws:mq/broker:Broker", {"engineType": "RabbitMQ", "engineVersion": "3.13"}, Status.PASS),
        ("aws:msk/cluster:Cluster", {"kafkaVersion": "3.5.1"}, Status.FAIL),
        ("aws:opensearch/domain:Domain", {"engineVersion": "Elasticsearch_2.3"}, Status.UNKNOWN),
        ("aws:elasticache/globalReplicationGroup:GlobalReplicationGroup", {"engineVersion": "5.0.6"}, Status.FAIL),
        ("aws:memorydb/cluster:Cluster", {"engineVersion": "6.2"}, Status.UNKNOWN),
        ("aws:mwaa/environment:Environment", {"airflowVersion": "2.4.3"}, Status.UNKNOWN),
        ("aws:glue/job:Job", {"glueVersion": "2.0"}, Status.FAIL),
        ("aws:glue/job:Job", {"glueVersion": "5.0"}, Status.PASS),
        ("aws:synthetics/canary:Canary", {"runtimeVersion": "syn-nodejs-puppeteer-3.0"}, Status.UNKNOWN),
        ("aws:emr/cluster:Cluster", {"releaseLabel": "emr-5.0"}, Status.UNKNOWN),
    ],
    ids=str,
)
def test_other_services(type_: str, inputs: dict[str, Any], status: Status) -> None:
    found = judged(type_, inputs)
    assert found.status is status, found.message
    assert (status is Status.FAIL) is ("Use one of" in found.remedy)


def test_other_services_have_to_last_as_long_as_is_asked() -> None:
    inputs = {"version": "1.34", "vpcConfig": {"endpointPublicAccess": False}}  # until 2026-12-02
    assert judged("aws:eks/cluster:Cluster", inputs).status is Status.PASS
    assert judged("aws:eks/cluster:Cluster", inputs, replace(AT, min_support_days=90)).status is Status.FAIL
