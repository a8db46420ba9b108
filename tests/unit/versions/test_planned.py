"""What RDS is asked about a plan: each engine in it once, and what the databases run that it would change."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError
from unit.steps.stand_in import outcome, resource
from unit.versions import judging

from runbook_lib.errors import TargetError
from runbook_lib.versions import planned

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTANCE, CLUSTER = "aws:rds/instance:Instance", "aws:rds/cluster:Cluster"
DAY = judging.live(judging.TODAY)
END = datetime(2030, 1, 31, tzinfo=UTC)
WAY = {"EngineVersion": "8.4.5", "IsMajorVersionUpgrade": True}


class Rds:
    """RDS with one database of 14.24 and one version of each engine; what was asked is in ``asked``."""

    def __init__(self, error: str = "") -> None:
        self.asked: list[str] = []
        self._error = error

    def pages(self, _service: str, operation: str, _key: str, *, Engine: str, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's name
        if operation == "describe_db_major_engine_versions":
            end = {"LifecycleSupportName": "open-source-rds-standard-support", "LifecycleSupportEndDate": END}
            yield {"MajorEngineVersion": "8.4", "SupportedEngineLifecycles": [end]}
            return
        self.asked.append(Engine)
        yield {"EngineVersion": "8.0.40", "Status": "Available", "ValidUpgradeTarget": [WAY, {"EngineVersion": "8.0.41"}]}

    def client(self, _service: str) -> Any:
        def describe(**asked: str) -> dict[str, Any]:
            (name,) = asked.values()
            self.asked.append(name)
            if self._error:
                raise ClientError({"Error": {"Code": self._error, "Message": "no"}}, "DescribeDBInstances")
            found = [{"EngineVersion": "14.24"}]
            return {"DBInstances": found, "DBClusters": found}

        return SimpleNamespace(describe_db_instances=describe, describe_db_clusters=describe)


def read(rds: Rds, *steps: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    return planned.read(cast("Any", rds), outcome(*steps).plan, judging.judged(), DAY)


def update(type_: str, name: str, **old: Any) -> dict[str, Any]:
    return resource(
        type_, name, "update", {"engine": "postgres", "engineVersion": "14.20", **old}, engine="postgres", engineVersion="14.20"
    )


def test_other_engines_are_asked_about_once_and_postgresql_is_known_from_01() -> None:
    rds = Rds()
    found, _ = read(rds, *(resource(INSTANCE, name, engine="mysql") for name in "ab"), resource(CLUSTER, "c", engine="postgres"))
    assert rds.asked == ["mysql"]
    assert set(found) == {"mysql", "postgres"}
    assert found["postgres"].of("14.24").status == "available"
    assert found["mysql"].of("8.0.40").major_targets == ("8.4.5",)
    assert found["mysql"].of("8.0.40").upgrade_targets == ("8.4.5", "8.0.41")
    assert found["mysql"].lives["8.4"].standard_end == END.date()  # AWS's own, in place of the bundled one
    assert found["mysql"].lives["8.0"].source.startswith("endoflife.date")
    assert found["postgres"].lives["14"].standard_end == judging.judged().lifecycle[14].standard_end


def test_what_a_database_runs_is_asked_whatever_of_it_changes() -> None:
    """RDS upgrades minors by itself: state and plan may agree on a version that is no longer there."""
    rds = Rds()
    _, running = read(rds, update(INSTANCE, "i", identifier="db"), update(CLUSTER, "c", clusterIdentifier="cl"))
    assert sorted(rds.asked) == ["cl", "db"]
    assert sorted(running.values()) == ["14.24", "14.24"]


def test_a_name_that_pulumi_made_up_is_read_from_the_state() -> None:
    """A plan shows none, for previews draw another each time; RDS would be asked for ``<generated>``."""
    rds, step = Rds(), update(INSTANCE, "db", identifier="db-1a2b3c4")
    (op,) = outcome(step).plan.operations
    assert op.old_inputs["identifier"] == "<generated>"
    state = [{"urn": op.urn, "outputs": {"identifier": "db-1a2b3c4"}}]
    _, running = planned.read(cast("Any", rds), outcome(step).plan, judging.judged(), DAY, lambda: state)
    assert (rds.asked, running) == (["db-1a2b3c4"], {op.urn: "14.24"})


def test_what_is_made_or_stays_is_not_asked_about() -> None:
    rds = Rds()
    assert read(rds, resource(INSTANCE, "i", engine="postgres", identifier="db"))[1] == {}
    assert rds.asked == []


def test_a_database_that_is_gone_runs_nothing() -> None:
    assert read(Rds("DBInstanceNotFound"), update(INSTANCE, "i", identifier="db"))[1] == {}


def test_an_rds_that_does_not_say_ends_the_step() -> None:
    with pytest.raises(TargetError, match="what the planned databases can be moved to"):
        read(Rds("AccessDenied"), update(INSTANCE, "i", identifier="db"))
