"""Teardown passes only if there was something to tear down, and looks for what was deployed, not for what is configured."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from unit.steps.stand_in import FakeAws, FakeEngine, FakeRun, context, judged, outcome, resource

from runbook_lib import steps
from runbook_lib.parameters import TeardownParameters
from runbook_lib.results import Finding, Status
from runbook_lib.steps.teardown import STATE, TAGGED, _state_finding, _tag_finding, default_tags

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


@pytest.fixture
def tear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Tear down with an engine whose state is this before and after, and an AWS that lists these."""
    step = import_module("runbook_lib.steps.teardown")
    monkeypatch.setattr(step, "SETTLING_SECONDS", {True: 0.0, False: 0.0})
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace/Pulumi.yaml").touch()

    def call(left: Any, *, key: str = "Enabled", after: tuple[str, ...] = (), updates: int = 2) -> dict[str, Finding]:
        state = [[{"type": "aws:kms/key:Key", "urn": "urn:k", "custom": True}], [{"urn": urn, "custom": True} for urn in after]]
        engine = FakeEngine(resources=state, destroy=outcome(resource("aws:kms/key:Key", "k", "delete")), updates=updates)
        surroundings = context(FakeRun(tmp_path, {}), engine, FakeAws(listed=left, kms=Kms(key)))
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
