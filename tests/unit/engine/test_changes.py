"""A plan's changes accept the properties they were made from and nothing else, and never show a secret."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.rehearsal.engine.changes import Changes, shown
from runbook_lib.rehearsal.engine.values import Asset
from runbook_lib.rehearsal.values import UNKNOWN, Secret

LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | st.text(max_size=3).map(Secret)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3))
PROPERTIES = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


@given(PROPERTIES, PROPERTIES)
def test_what_was_planned_is_no_violation(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert Changes.between(old, new).violations(old, new) == []


@given(PROPERTIES, PROPERTIES, st.sampled_from("abcd"))
def test_another_value_of_what_changes_is_one(old: dict[str, Any], new: dict[str, Any], key: str) -> None:
    planned = Changes.between(old, {**new, key: "planned"})
    (said,) = planned.violations(old, {**new, key: "applied"})
    assert said[2:].startswith(f"{key}[")
    assert said.endswith("{applied}]")


@given(PROPERTIES, PROPERTIES, st.sampled_from("abcd"), VALUES)
def test_what_was_not_known_accepts_any_value(old: dict[str, Any], new: dict[str, Any], key: str, value: Any) -> None:
    planned = Changes.between(old, {**new, key: {"known": 1, "later": UNKNOWN}})
    assert planned.violations(old, {**new, key: {"known": 1, "later": value}}) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (60, "{60}"),
        (1000000, "{1e+06}"),
        (1234567.25, "{1.23456725e+06}"),
        (0.00001, "{1e-05}"),
        (-2.5, "{-2.5}"),
        (123456.789, "{123456.789}"),
        (0, "{0}"),
        (True, "{true}"),
        (None, "{<nil>}"),
        ({"b": [1, "s"], "a": {}}, "{map[a:{map[]} b:{[{1} {s}]}]}"),
        ([UNKNOWN], "{[output<string>{}]}"),
    ],
)
def test_values_are_shown_as_go_shows_them(value: Any, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    "value", [Secret("hush"), [Secret({"k": "hush"})], {"k": Secret("hush")}, Asset(archive=False, text="hush")]
)
def test_a_secret_is_not_shown(value: Any) -> None:
    """The real command shows it in clear."""
    assert "hush" not in shown(value)
    (said,) = Changes.between({}, {"a": value}).violations({}, {"a": "plain"})
    assert "hush" not in said
