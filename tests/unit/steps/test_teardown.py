"""Teardown passes only if there was something to tear down, and looks for what was deployed, not for what is configured."""

from __future__ import annotations

import pytest

from runbook_lib.results import Status
from runbook_lib.steps.teardown import _state_finding, _tag_finding, default_tags

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
