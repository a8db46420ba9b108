"""What was applied is what was agreed on: every value that was known counts, and one that was not matches anything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.steps.stand_in import outcome, resource

from runbook_lib.agreement import deviations, not_known, of_outputs
from runbook_lib.plan import COMPUTED, differences
from runbook_lib.signatures import UNKNOWN_ID

THING = "aws:s3/bucket:Bucket"


def of(agreed: dict[str, Any], applied: dict[str, Any], op: str = "create", came: str = "") -> list[str]:
    old = {"x": 1} if op != "create" else None
    return deviations(
        outcome(resource(THING, "a", op, old, **agreed)).plan, outcome(resource(THING, "a", came or op, old, **applied)).plan
    )


@pytest.mark.parametrize(
    ("agreed", "applied"),
    [
        ({"a": UNKNOWN_ID}, {"a": "arn"}),
        ({"a": UNKNOWN_ID}, {}),
        ({"a": [UNKNOWN_ID, 1]}, {"a": ["x", 1]}),
        ({"a": {"b": UNKNOWN_ID}}, {"a": {"b": {"c": 1}}}),
        ({"bucket": "a-0123abc"}, {"bucket": "a-fedcba9"}),  # a name that Pulumi makes up at each preview
    ],
)
def test_what_was_not_known_matches_anything(agreed: dict[str, Any], applied: dict[str, Any]) -> None:
    assert of(agreed, applied) == []


@pytest.mark.parametrize(
    ("agreed", "applied", "path"),
    [
        ({"a": 1}, {"a": 2}, "a is 2, agreed was 1"),
        ({"a": 1}, {"a": True}, "a is true"),
        ({"a": None}, {}, "a is nothing"),
        ({}, {"a": 1}, "agreed was nothing"),
        ({"a": {"b": [1, {"c": "x"}]}}, {"a": {"b": [1, {"c": "y"}]}}, 'a.b[1].c is "y"'),
        ({"a": [1]}, {"a": [1, 2]}, "a is [1, 2]"),
        ({"a": [UNKNOWN_ID]}, {"a": ["x", "y"]}, "a is"),
        ({"bucket": "a-0123abc"}, {"bucket": "b-fedcba9"}, "bucket is"),
        ({"a": "nothing"}, {}, 'a is nothing, agreed was "nothing"'),
        ({}, {"a": "nothing"}, 'a is "nothing", agreed was nothing'),
        ({"a": COMPUTED}, {"a": "anything"}, "a is"),  # the program's own text, and no mark of ours
        ({"tags": {"__x": "1"}}, {"tags": {"__x": "2"}}, "tags.__x is"),
        ({"protect": True}, {"protect": False}, "protect is false"),
        ({"retainOnDelete": False}, {"retainOnDelete": True}, "retainOnDelete is true"),
    ],
)
def test_what_was_known_counts(agreed: dict[str, Any], applied: dict[str, Any], path: str) -> None:
    (line,) = of(agreed, applied)
    assert path in line
    assert line.startswith(f"create {THING} a: ")


def test_a_change_may_come_to_less_only_where_a_value_was_not_known() -> None:
    assert of({"a": UNKNOWN_ID}, {"a": 1}, "update", "same") == []
    assert of({"a": UNKNOWN_ID}, {"a": 1}, "replace", "update") == []
    assert of({"a": 2}, {"a": 2}, "update", "same") == [f"update {THING} a: applied as same"]
    assert of({"a": 2, "b": UNKNOWN_ID}, {"a": 2, "b": 1}, "update", "same") == [f"update {THING} a: applied as same"]
    assert of({"a": [UNKNOWN_ID]}, {"a": [1]}, "update", "same") == []
    assert of({"a": UNKNOWN_ID}, {"a": 1}, "update", "replace") == [f"update {THING} a: applied as replace"]


def test_nothing_to_do_that_was_done_after_all() -> None:
    assert of({"a": 1}, {"a": 2}, "same", "update") == [
        f"same {THING} a: applied as update",
        f"same {THING} a: a is 2, agreed was 1",
    ]


def test_deletions_count_by_being_done() -> None:
    assert of({}, {}, "delete") == []
    assert deviations(outcome(resource(THING, "a", "delete", {"x": 1})).plan, outcome().plan) == [
        f"delete {THING} a: agreed on and not applied"
    ]


def test_what_an_earlier_replacement_left_to_be_deleted_counts_beside_the_resource() -> None:
    same, left = resource(THING, "a", "same", {"x": 1}, x=1), resource(THING, "a", "delete", {"x": 0})
    for gone in (left, {**left, "op": "delete-replaced"}):
        agreed = outcome(same).plan
        assert [op.op for op in outcome(same, gone).plan.operations] == ["same", "delete"]
        assert deviations(agreed, outcome(same, gone).plan) == [f"delete {THING} a: applied and never agreed on"]
        assert agreed.digest != outcome(same, gone).plan.digest
        assert differences(agreed, outcome(gone, same).plan) == [f"delete {THING} a: newly planned"]


def test_a_replacement_is_one_operation_and_what_is_deleted_beyond_it_another() -> None:
    steps = [resource(THING, "a", op, {"x": 0}, x=1) for op in ("create-replacement", "replace", "delete-replaced")]
    assert [op.op for op in outcome(*steps).plan.operations] == ["replace"]
    assert [op.op for op in outcome(*steps, {**steps[2]}).plan.operations] == ["replace", "delete"]


def test_outputs_that_were_known_count() -> None:
    assert of_outputs({"a": COMPUTED, "b": 1}, {"a": "x", "b": 1}) == []
    assert of_outputs({"b": 1}, {"b": 2, "c": 3}) == [
        "stack output b is 2, agreed was 1",
        "stack output c is 3, agreed was nothing",
    ]


def test_parent_counts() -> None:
    there = resource(THING, "a")
    there["new"]["parent"] = "urn:pulumi:staging::payments::other"
    (line,) = deviations(outcome(resource(THING, "a")).plan, outcome(there).plan)
    assert "parent is" in line


def test_another_provider_is_another_account_or_region() -> None:
    there = {**resource(THING, "a"), "provider": "urn:pulumi:staging::payments::pulumi:providers:aws::other::id"}
    (line,) = deviations(outcome(resource(THING, "a")).plan, outcome(there).plan)
    assert "provider is" in line


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text().filter(lambda text: text not in {COMPUTED, UNKNOWN_ID}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=6,
)


@given(JSON, JSON)
def test_equal_values_and_only_they_are_as_agreed(one: Any, other: Any) -> None:
    same = repr(one) == repr(other) or (isinstance(one, dict) and _sorted(one) == _sorted(other))
    assert of({"p": one}, {"p": one}) == []
    if not same and _sorted(one) != _sorted(other):
        assert of({"p": one}, {"p": other}) != []


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return ("object", tuple(sorted((key, _sorted(item)) for key, item in value.items())))
    return ("list", tuple(map(_sorted, value))) if isinstance(value, list) else (type(value).__name__, value)


def test_what_was_agreed_on_without_being_known_is_named() -> None:
    """Each such value by its place; what came to nothing, or is still not known, is none."""
    agreed = {"a": UNKNOWN_ID, "b": [1, {"c": UNKNOWN_ID}], "d": UNKNOWN_ID, "e": 1, "f": UNKNOWN_ID}
    applied = {"a": "arn", "b": [1, {"c": {"k": 1}}], "e": 1, "f": UNKNOWN_ID}
    before, after = outcome(resource(THING, "x", **agreed)).plan, outcome(resource(THING, "x", **applied)).plan
    assert not_known(before, after) == ["x a", "x b[1].c"]
    same = outcome(resource(THING, "x", "same", applied, **applied)).plan
    assert not_known(before, same) == []
