"""What changes is told by component, old and new, and equal changes together; nothing that changes is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from unit.decision.planned import ROOT, page, replaced, step, urn

from runbook_lib.decision import changes
from runbook_lib.decision.values import MASK, NOT_SHOWN, details
from runbook_lib.plan import Plan
from runbook_lib.signatures import SECRET, SIGNATURE

HIDDEN = {SIGNATURE: SECRET, "value": "[secret]"}
QUEUE, COMPONENT, PROVIDER = "aws:sqs/queue:Queue", "payments:net:Network", "pulumi:providers:aws"


def plan(*steps: dict[str, Any]) -> Plan:
    return Plan.of(steps)


def only(*steps: dict[str, Any]) -> list[tuple[str, str, str]]:
    (op,) = plan(*steps).operations
    return [(each.path, each.old, each.new) for each in details(op)]


def component(name: str, parent: str = ROOT) -> dict[str, Any]:
    return step("create", COMPONENT, name, new={}, parent=parent) | {"provider": ""}


class TestValues:
    def test_the_innermost_difference_is_shown(self) -> None:
        old, new = {"a": {"b": [1, 2], "c": "x"}}, {"a": {"b": [1, 3], "c": "x"}}
        assert only(step("update", QUEUE, "q", old, new)) == [("a.b[1]", "2", "3")]

    def test_a_document_in_a_text_is_opened(self) -> None:
        old, new = ({"policy": json.dumps({"Statement": [{"Effect": effect, "Sid": "s"}]})} for effect in ("Deny", "Allow"))
        assert only(step("update", QUEUE, "q", old, new)) == [("policy.Statement[0].Effect", "Deny", "Allow")]

    def test_of_a_list_that_grew_what_is_new_is_shown(self) -> None:
        old, new = ({"policy": json.dumps({"Statement": statements})} for statements in (["a", "b"], ["a", "b", {"c": 1}]))
        assert only(step("update", QUEUE, "q", old, new)) == [("policy.Statement[]", "", '{"c": 1}')]
        assert only(step("update", QUEUE, "q", new, old)) == [("policy.Statement[]", '{"c": 1}', "")]
        assert only(step("update", QUEUE, "q", {"a": [1, 2]}, {"a": [1, 2, 2]})) == [("a", "[1, 2]", "[1, 2, 2]")]

    def test_a_secret_is_masked_and_its_change_is_told(self) -> None:
        hidden = {"password": {SIGNATURE: SECRET, "value": "[secret]"}}
        assert only(step("update", QUEUE, "q", hidden, hidden) | {"diffs": ["password"]}) == [("password", "", MASK)]
        was_plain = step("update", QUEUE, "q", {"password": "qanary"}, {"password": {SIGNATURE: SECRET}})
        assert only(was_plain) == [("password", "", MASK)]
        assert plan(was_plain).operations[0].old_inputs == {"password": {SIGNATURE: SECRET}}  # nor is it on record

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ({"password": "qanary"}, {"password": HIDDEN}),
            ({"password": HIDDEN}, {"password": "qanary"}),
            ({"environment": {"variables": {"A": "qanary"}}}, {"environment": {"variables": {"A": HIDDEN}}}),
            ({"environment": {"variables": {"A": "qanary"}}}, {"environment": HIDDEN}),
            ({"list": ["qanary", "b"]}, {"list": [HIDDEN, "b"]}),
            (
                {"list": [{"name": "A", "value": "qanary"}]},
                {"list": [{"name": "B", "value": "b"}, {"name": "A", "value": HIDDEN}]},
            ),
            ({"policy": json.dumps({"A": "qanary"})}, {"policy": {"A": HIDDEN}}),
            ({"environment": {"variables": {"PASSWORD": "qanary"}}}, {"environment": {"variables": {}}}),
            ({"environment": {"variables": {"A": "1", "API_KEY": "qanary"}}}, {"environment": {"variables": {"A": "2"}}}),
            ({"environment": {"environmentVariables": [{"name": "TOKEN", "value": "qanary"}]}}, {}),
            ({"containerDefinitions": json.dumps([{"environment": [{"name": "DB_PASSWORD", "value": "qanary"}]}])}, {}),
            ({"masterPassword": "qanary"}, {"masterPassword": "qanary2"}),
        ],
        ids=str,
    )
    def test_what_is_secret_before_or_after_is_shown_neither_time(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        """Who makes a password secret rarely makes another one of it, and the page is meant for a pull request."""
        shown = only(step("update", QUEUE, "q", old, new))
        assert shown
        assert "qanary" not in str(shown)
        told = page(*replaced(QUEUE, "q", old, new, keys=[next(iter(old))]))
        assert "secret" in told
        assert "qanary" not in told

    def test_what_differs_far_behind_is_shown(self) -> None:
        one, other, third = ("A" * 300 + end + "B" * 300 for end in "123")
        [(_, old, new)] = only(step("update", QUEUE, "q", {"userData": one}, {"userData": other}))
        assert (old.startswith("…A"), "1B" in old, "2B" in new, old.endswith("B…")) == (True, True, True, True)
        steps = (
            step("update", QUEUE, name, {"userData": one}, {"userData": to + "C" * 300})
            for name, to in (("a", other), ("b", other), ("c", other + "D"), ("d", third))
        )
        assert [row.names for row in changes.by_component(Plan.of(list(steps)))] == [("a", "b"), ("c",), ("d",)]

    def test_what_changes_without_being_shown_is_told(self) -> None:
        assert only(step("update", QUEUE, "q", {"a": 1}, {"a": 1}) | {"diffs": ["arn"]}) == [("arn", "", NOT_SHOWN)]

    def test_a_long_value_is_cut_and_says_so(self) -> None:
        ((_, _, new),) = only(step("update", QUEUE, "q", {"a": "x"}, {"a": "y" * 1000}))
        assert new.endswith("…")
        assert len(new) < 200


class TestRows:
    def test_a_nested_component_is_told_by_the_outermost(self) -> None:
        steps = [
            component("network"),
            component("zone", urn(COMPONENT, "network")),
            step("create", QUEUE, "q", new={}, parent=urn(COMPONENT, "zone")),
            step("create", QUEUE, "r", new={}),
        ]
        found = [(row.component, row.type, row.names) for row in changes.by_component(plan(*steps))]
        assert found == [("network", QUEUE, ("q",)), (changes.DIRECTLY, QUEUE, ("r",))]

    def test_equal_changes_are_one_row_whatever_the_type(self) -> None:
        steps = [step("update", QUEUE, str(n), {"t": 1}, {"t": 2}) for n in range(3)]
        steps += [
            step("update", "aws:sns/topic:Topic", "x", {"t": 1}, {"t": 2}),
            step("update", QUEUE, "odd", {"t": 1}, {"t": 3}),
        ]
        found = {row.names: row.type for row in changes.by_component(plan(*steps))}
        assert found == {("aws:sns/topic:Topic x", f"{QUEUE} 0", f"{QUEUE} 1", f"{QUEUE} 2"): "", ("odd",): QUEUE}

    def test_a_provider_s_settings_are_a_change(self) -> None:
        provider = step("update", PROVIDER, "aws", {"region": "a"}, {"region": "b"}) | {"provider": ""}
        assert [(row.type, row.details[0].path) for row in changes.by_component(plan(provider))] == [(PROVIDER, "region")]
        assert changes.counts(plan(provider)) == [("update", 1)]

    def test_what_only_touches_the_record_is_told_apart(self) -> None:
        moved = step("same", QUEUE, "new", {}, {})
        moved["old"]["urn"] = urn(QUEUE, "old")
        found = plan(moved, step("discard", QUEUE, "d", {}), step("same", QUEUE, "s", {}, {}))
        assert changes.only_on_record(found) == [("discard", 1), ("rename", 1)]
        assert (changes.counts(found), changes.unchanged(found)) == ([], 2)

    def test_an_operation_that_nobody_knows_is_counted_and_told(self) -> None:
        strange = plan(step("transmogrify", QUEUE, "q", {"a": 1}, {"a": 2}))
        assert changes.counts(strange) == [("transmogrify", 1)]
        assert [row.op for row in changes.by_component(strange)] == ["transmogrify"]
