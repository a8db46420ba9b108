"""Teardown passes only if there was something to tear down, and looks for what was deployed, not for what is configured."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from unit.steps.stand_in import FakeAws, FakeEngine, FakeRun, context, judged, outcome, resource

from runbook_lib import steps
from runbook_lib.errors import TargetError
from runbook_lib.parameters import TeardownParameters
from runbook_lib.results import Finding, Status
from runbook_lib.steps.teardown import STATE, TAGGED, _state_finding, _tag_finding
from runbook_lib.tagged import default_tags

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAGS = '{"tags": {"Environment": "staging", "Suffix": "demo"}}'


def test_tags_come_from_the_state() -> None:
    provider = {"type": "pulumi:providers:aws", "inputs": {"defaultTags": TAGS, "region": "us-east-1"}}
    others = [{"type": "pulumi:pulumi:Stack"}, {"type": "pulumi:providers:aws", "inputs": {"region": "us-east-1"}}]
    assert default_tags([*others, provider]) == {"Environment": "staging", "Suffix": "demo"}
    assert default_tags(others) == {}


@pytest.mark.parametrize(
    ("before", "after", "updates", "status"),
    [
        (80, [], 2, Status.PASS),
        (80, ["urn:a"], 2, Status.FAIL),
        (0, [], 3, Status.PASS),  # torn down before
        (0, [], 1, Status.FAIL),  # another backend than the one that was deployed with
        (0, [], 0, Status.FAIL),
    ],
)
def test_an_empty_state_is_no_proof_by_itself(before: int, after: list[str], updates: int, status: Status) -> None:
    assert _state_finding(before, after, updates).status is status


def test_what_aws_deletes_in_its_own_time_is_named_and_no_failure() -> None:
    passed = _tag_finding({"Suffix": "demo"}, [], {"arn:key": "2026-12-24T00:00:00+00:00"})
    assert (passed.status, "2026-12-24" in passed.message) == (Status.PASS, True)
    assert _tag_finding({"Suffix": "demo"}, ["arn:left"], {}).status is Status.FAIL


class Kms:
    """A client that knows one key."""

    def __init__(self, state: str) -> None:
        self._state = state

    def describe_key(self, KeyId: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"KeyMetadata": {"Arn": KeyId, "KeyState": self._state, "DeletionDate": datetime(2026, 12, 24, tzinfo=UTC)}}


KEY = "arn:aws:kms:us-east-1:000000000000:key/1"
BUCKET = "arn:aws:s3:::left"


NAT = "arn:aws:ec2:us-east-1:000000000000:natgateway/nat-1"


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that has its workspace, and an AWS that is asked once."""
    step = import_module("runbook_lib.steps.teardown")
    monkeypatch.setattr(step, "SETTLING_SECONDS", {True: 0.0, False: 0.0})
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace/Pulumi.yaml").touch()


@pytest.fixture
def tear(tmp_path: Path, ready: None) -> Any:
    """Tear down with an engine whose state is this before and after, and an AWS that lists these."""
    del ready

    def call(
        left: Any, *, key: str = "Enabled", after: tuple[str, ...] = (), updates: int = 2, **clients: Any
    ) -> dict[str, Finding]:
        state = [[{"type": "aws:kms/key:Key", "urn": "urn:k", "custom": True}], [{"urn": urn, "custom": True} for urn in after]]
        engine = FakeEngine(resources=state, destroy=outcome(resource("aws:kms/key:Key", "k", "delete")), updates=updates)
        surroundings = context(FakeRun(tmp_path, {}), engine, FakeAws(listed=left, kms=Kms(key), **clients))
        known = TeardownParameters(environment="staging", confirm="staging")
        return judged(inspect.unwrap(steps.teardown)(surroundings, known).findings)

    return call


def test_nothing_left_passes(tear: Any) -> None:
    assert {name: finding.status for name, finding in tear([]).items()} == dict.fromkeys((STATE, TAGGED), Status.PASS)


def test_only_a_key_that_is_being_deleted_is_no_remainder(tear: Any) -> None:
    assert tear([KEY], key="PendingDeletion")[TAGGED].status is Status.PASS
    for state in ("Enabled", "Disabled", "PendingImport", "Unavailable"):
        left = tear([KEY], key=state)[TAGGED]
        assert (left.status, KEY in left.message) == (Status.FAIL, True), state


def test_what_is_left_is_named(tear: Any) -> None:
    left = tear([BUCKET, KEY], key="PendingDeletion")[TAGGED]
    assert (left.status, BUCKET in left.message, KEY in left.message) == (Status.FAIL, True, False)


def test_what_is_left_in_the_state_is_named(tear: Any) -> None:
    found = tear([], after=("urn:k",))
    assert (found[STATE].status, "urn:k" in found[STATE].message) == (Status.FAIL, True)


def test_an_aws_that_does_not_say_is_unknown(tear: Any) -> None:
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetResources")
    assert tear(refused)[TAGGED].status is Status.UNKNOWN


class Tagged(FakeAws):
    """AWS with what carries which tags; it lists what fits every filter, as the tagging API does."""

    def __init__(self, carried: dict[str, dict[str, str]]) -> None:
        super().__init__()
        self._carried = carried

    def pages(self, *_: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """What carries each of the keys with one of its values; a filter without values takes any."""
        for arn, tags in self._carried.items():
            fits = [
                each["Key"] in tags and tags[each["Key"]] in (each["Values"] or tags.values()) for each in asked["TagFilters"]
            ]
            if all(fits):
                yield {"ResourceARN": arn}


@pytest.mark.parametrize(
    ("carried", "status"),
    [
        ({"Environment": "staging", "Suffix": "of-then"}, Status.FAIL),
        ({"Environment": "staging", "Suffix": "demo"}, Status.PASS),  # what the configuration says by now: another stack
        ({"Environment": "production", "Suffix": "of-then"}, Status.PASS),
        ({"Suffix": "of-then"}, Status.PASS),
    ],
    ids=str,
)
def test_what_is_looked_for_carries_the_tags_that_were_deployed(
    tmp_path: Path, ready: None, carried: dict[str, str], status: Status
) -> None:
    del ready
    given = '{"tags": {"Environment": "staging", "Suffix": "of-then"}}'
    provider = {"type": "pulumi:providers:aws", "urn": "urn:p", "custom": True, "inputs": {"defaultTags": given}}
    engine = FakeEngine(resources=[[provider], []], destroy=outcome(), updates=2)
    surroundings = context(FakeRun(tmp_path, {}), engine, Tagged({BUCKET: carried}))
    report = inspect.unwrap(steps.teardown)(surroundings, TeardownParameters(environment="staging", confirm="staging"))
    found = judged(report.findings)[TAGGED]
    assert (found.status, found.resource) == (status, "Environment=staging, Suffix=of-then")
    assert report.data["tags"] == {"Environment": "staging", "Suffix": "of-then"}
    assert report.data["left_in_aws"] == ([BUCKET] if status is Status.FAIL else [])


class Ec2:
    """A client to which NAT gateways are in these states."""

    def __init__(self, *states: str) -> None:
        self._states = states

    def describe_nat_gateways(self, NatGatewayIds: list[str]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        (asked,) = NatGatewayIds
        return {"NatGateways": [{"NatGatewayId": asked, "State": state} for state in self._states]}


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (("deleted",), Status.PASS),
        ((), Status.PASS),  # listed by its tags still, and unknown where it was
        (("deleting",), Status.FAIL),  # it may fail to, and is paid for until it has
        (("available",), Status.FAIL),
        (("failed",), Status.FAIL),
        (("deleted", "available"), Status.FAIL),
    ],
    ids=str,
)
def test_only_a_nat_gateway_that_is_gone_is_no_remainder(tear: Any, states: tuple[str, ...], status: Status) -> None:
    left = tear([NAT], ec2=Ec2(*states))[TAGGED]
    assert (left.status, NAT in left.message) == (status, status is Status.FAIL)


class Gateway:
    """API Gateway whose account does not answer."""

    def get_account(self) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetAccount")


def test_nothing_is_destroyed_where_nobody_says_whose_a_setting_is(tmp_path: Path, ready: None) -> None:
    del ready
    state = [{"type": "aws:apigateway/account:Account", "urn": "urn:a", "custom": True, "outputs": {}}]
    engine = FakeEngine(resources=state, destroy=outcome(), updates=2)
    surroundings = context(FakeRun(tmp_path, {}), engine, FakeAws(apigateway=Gateway()))
    with pytest.raises(TargetError, match="whose API Gateway's logging role"):
        inspect.unwrap(steps.teardown)(surroundings, TeardownParameters(environment="staging", confirm="staging"))
    assert engine.asked == ["resources"]
