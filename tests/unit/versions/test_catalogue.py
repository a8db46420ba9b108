"""Reading the RDS API: botocore's own answers, from stubs that hold requests to the API's model."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from botocore.stub import Stubber

from runbook_lib import days
from runbook_lib.aws import Aws, Target
from runbook_lib.errors import TargetError
from runbook_lib.versions import catalogue
from runbook_lib.versions.catalogue import version_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runbook_lib.versions.catalogue import Catalogue

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)
LISTED = {"17": "deprecated", "14.9": "deprecated", "14.24": "available", "14.23": "available", "13.23": "available"}
PAIR = {"MultiAZCapable": True, "SupportsStorageEncryption": True}
STANDARD = {
    "LifecycleSupportName": "open-source-rds-standard-support",
    "LifecycleSupportStartDate": datetime(2022, 2, 3, tzinfo=UTC),
    "LifecycleSupportEndDate": datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC),
}


class FakeAws(Aws):
    """Clients are real and stubbed; HTTP answers what it is told."""

    answer: httpx.Response

    def http(self, *, timeout: float = 30.0, verify: bool = True) -> httpx.Client:
        del verify
        return httpx.Client(timeout=timeout, transport=httpx.MockTransport(lambda _: self.answer))


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[FakeAws, Stubber]]]:
    """A target whose RDS client answers with ``LISTED``; the test queues what comes after."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with ExitStack() as stack:

        def target(**where: Any) -> tuple[FakeAws, Stubber]:
            aws = FakeAws(Target(**{"region": "us-east-1", **where}))
            rds = stack.enter_context(Stubber(aws.client("rds")))
            listed = [{"EngineVersion": version, "Status": status} for version, status in LISTED.items()]
            asked = {"Engine": "postgres", "IncludeAll": True}
            rds.add_response("describe_db_engine_versions", {"DBEngineVersions": listed}, asked)
            return aws, rds

        yield target


def orderable(rds: Stubber, version: str, *options: dict[str, Any]) -> None:
    asked = {"Engine": "postgres", "EngineVersion": version, "DBInstanceClass": "db.t3.medium"}
    answer = {"OrderableDBInstanceOptions": list(options)}
    rds.add_response("describe_orderable_db_instance_options", answer, asked)


def read(aws: Aws) -> Catalogue:
    return catalogue.read(aws, major=14, instance_class="db.t3.medium", day=days.of(aws, NOW))


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("14.24", (14, 24, 0, 0)),
        ("13.23-rds.20260514", (13, 23, 20260514, 0)),
        ("12.22-R1", (12, 22, 0, 1)),
        ("17", None),
        ("16.4-limitless", None),
    ],
)
def test_only_exact_versions_count(text: str, order: tuple[int, ...] | None) -> None:
    """A recorded catalogue lists majors as deprecated because one of their minors is (trap a)."""
    assert version_order(text) == order


def test_versions_are_ordered_by_number_and_majors_left_out(stub: Any) -> None:
    aws, rds = stub()
    orderable(rds, "14.24", PAIR)
    rds.add_response("describe_db_major_engine_versions", {"DBMajorEngineVersions": []})
    catalogue = read(aws)
    assert [offer.version for offer in catalogue.offers] == ["14.24", "14.23", "14.9", "13.23"]
    assert (catalogue.source, catalogue.as_of) == ("RDS API, us-east-1", TODAY)
    rds.assert_no_pending_responses()


def test_the_class_is_asked_for_with_each_version_until_one_fits(stub: Any) -> None:
    """Which classes there are differs by version, so no list of classes per engine is trusted (trap b)."""
    aws, rds = stub()
    orderable(rds, "14.24", {"MultiAZCapable": False, "SupportsStorageEncryption": True})
    orderable(rds, "14.23", PAIR)
    rds.add_response("describe_db_major_engine_versions", {"DBMajorEngineVersions": []})
    assert [(x.version, x.suitable) for x in read(aws).orderable] == [("14.24", False), ("14.23", True)]


def test_a_combination_that_aws_refuses_is_not_orderable(stub: Any) -> None:
    aws, rds = stub()
    for _ in range(2):
        rds.add_client_error("describe_orderable_db_instance_options", "InvalidParameterCombination")
    rds.add_response("describe_db_major_engine_versions", {"DBMajorEngineVersions": []})
    assert [x.offered for x in read(aws).orderable] == [False, False]


def test_support_dates_are_taken_from_aws(stub: Any) -> None:
    aws, rds = stub()
    orderable(rds, "14.24", PAIR)
    told = {"MajorEngineVersion": "14", "SupportedEngineLifecycles": [STANDARD]}
    rds.add_response("describe_db_major_engine_versions", {"DBMajorEngineVersions": [told]})
    assert read(aws).lifecycle[14].standard_end == date(2027, 2, 28)


def test_support_dates_that_may_not_be_read_are_left_to_the_bundled_table(stub: Any) -> None:
    aws, rds = stub()
    orderable(rds, "14.24", PAIR)
    rds.add_client_error("describe_db_major_engine_versions", "AccessDenied")
    assert read(aws).lifecycle == {}


def test_a_failing_api_is_an_error_not_an_empty_catalogue(stub: Any) -> None:
    aws, rds = stub()
    orderable(rds, "14.24", PAIR)
    rds.add_client_error("describe_db_major_engine_versions", "InternalFailure")
    with pytest.raises(TargetError, match=r"does not list PostgreSQL versions: .*InternalFailure"):
        read(aws)


@pytest.mark.parametrize(
    ("answer", "source", "as_of"),
    [
        (
            httpx.Response(200, json={"source": "cfn-lint 1.58.0", "as_of": "2026-10-20"}),
            "emulator catalogue: cfn-lint 1.58.0, recorded in us-east-1, not a live answer of AWS",
            date(2026, 10, 20),
        ),
        (
            httpx.Response(200, json={"source": "cfn-lint 9", "as_of": None}),
            "emulator catalogue: cfn-lint 9, recorded in us-east-1, not a live answer of AWS",
            None,
        ),
        (httpx.Response(404, text="<Error/>"), "emulator catalogue: the emulator's own, not AWS's", None),
        (httpx.Response(200, text="<html>"), "emulator catalogue: the emulator's own, not AWS's", None),
    ],
)
def test_an_emulator_never_passes_for_aws(stub: Any, answer: httpx.Response, source: str, as_of: date | None) -> None:
    """Nor does one region's record pass for another's (trap c)."""
    aws, rds = stub(endpoint="http://127.0.0.1:9", region="eu-west-1")
    aws.answer = answer
    orderable(rds, "14.24", PAIR)
    rds.add_client_error("describe_db_major_engine_versions", "InvalidAction")
    catalogue = read(aws)
    assert (catalogue.source, catalogue.as_of, catalogue.emulated) == (source, as_of, True)
