"""Deciding what a change means."""

from __future__ import annotations

import pytest

from runbook_lib.rehearsal.engine.ignored import with_ignored
from runbook_lib.rehearsal.engine.plan import Diff, PropertyDiff, decide, input_diff, with_replace_on_changes
from runbook_lib.rehearsal.engine.state import Resource
from runbook_lib.rehearsal.values import Secret

OLD = Resource(urn="urn:pulumi:s::p::t::n", type="t", custom=True)


def test_differences_are_named_by_path() -> None:
    """Nested, in lists, with keys that need quoting."""
    diff = input_diff(
        {"a": {"b": 1, "c.d": 1}, "list": [1, 2], "gone": 0, "secret": Secret("x")},
        {"a": {"b": 2, "c.d": 2}, "list": [1], "new": 0, "secret": Secret("x")},
    )
    assert {path: item.kind for path, item in (diff.detailed or {}).items()} == {
        "a.b": "update",
        'a["c.d"]': "update",
        "list[1]": "delete",
        "gone": "delete",
        "new": "add",
    }
    assert diff.changed == ["a", "gone", "list", "new"]


def test_equal_inputs_differ_in_nothing() -> None:
    """Not even in an empty diff."""
    assert input_diff({"a": [1]}, {"a": [1]}) == Diff(changes=False)


@pytest.mark.parametrize(
    ("paths", "kept"),
    [
        (["a"], {"a": {"x": 1, "y": 1}, "b": 2}),
        (["a.x"], {"a": {"x": 1, "y": 2}, "b": 2}),
        (["a.*"], {"a": {"x": 1, "y": 1}, "b": 2}),
        (["b"], {"a": {"x": 2, "y": 2}}),
        (["nowhere.deep"], {"a": {"x": 2, "y": 2}, "b": 2}),
    ],
)
def test_ignored_paths_keep_the_old_value(paths: list[str], kept: dict[str, object]) -> None:
    """What was not there before stays away."""
    assert with_ignored({"a": {"x": 1, "y": 1}}, {"a": {"x": 2, "y": 2}, "b": 2}, paths)[0] == kept


def test_replace_on_changes() -> None:
    """A change at or under a named path replaces; one elsewhere, or above it, does not."""
    diff = Diff(changes=True, changed=["a"], detailed={"a.b[0]": PropertyDiff("update")})
    assert with_replace_on_changes(diff, ["a.b[*]"], init_errors=False).detailed == {"a.b[0]": PropertyDiff("update-replace")}
    for path, replacement in {"a.b": True, "a.b[*]": True, "a": True, "*": True, "a.c": False, "a.b[0].deeper": False}.items():
        assert with_replace_on_changes(diff, [path], init_errors=False).replacement == replacement
    assert with_replace_on_changes(diff, ["*"], init_errors=False).replaces == ["a"]


@pytest.mark.parametrize(
    ("diff", "forced", "decision"),
    [
        (Diff(changes=False), False, "same"),
        (Diff(changes=True), False, "update"),
        (Diff(changes=True, replaces=["a"]), False, "replace"),
        (Diff(changes=False), True, "replace"),
    ],
)
def test_decisions(diff: Diff, forced: bool, decision: str) -> None:  # noqa: FBT001 - a table's column
    """The whole table."""
    assert decide(OLD, diff, forced=forced) == decision


def test_what_did_not_initialise_is_tried_again() -> None:
    """Even when nothing changed."""
    broken = OLD.copy()
    broken.init_errors = ["not ready"]
    assert decide(broken, Diff(changes=False), forced=False) == "update"
