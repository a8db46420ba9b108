"""The plan digest names what would change and nothing else."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from runbook_lib.plan import Plan, deployed, differences
from runbook_lib.signatures import SIGNATURE, UNKNOWN_ID

STACK = "urn:pulumi:staging::payments::pulumi:pulumi:Stack::payments-staging"


def step(op: str, name: str, inputs: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    type_ = more.pop("type", "aws:s3/bucket:Bucket")
    state = {"parent": STACK, "inputs": inputs or {}}
    return {
        "op": op,
        "urn": f"urn:pulumi:staging::payments::{type_}::{name}",
        "type": type_,
        "provider": "",
        "new": None if op == "delete" else state,
        "old": None if op == "create" else {"parent": STACK, "inputs": more.pop("old", {})},
        **more,
    }


BASE = [
    step("create", "a", {"bucket": "a", "tags": {"x": "1"}, "arn": UNKNOWN_ID}),
    step("update", "b", {"retention": 30, "name": "b"}, old={"retention": 14, "name": "b"}, diffs=["retention"]),
    step("delete", "c", old={"bucket": "c"}),
    step("same", "d", {"bucket": "d"}),
]


def digest(steps: list[dict[str, Any]]) -> str:
    return Plan.of(steps).digest


class TestDigest:
    def test_is_free_of_order(self) -> None:
        shuffled = copy.deepcopy(BASE)
        random.Random(7).shuffle(shuffled)
        assert digest(shuffled) == digest(BASE)

    def test_ignores_what_does_not_change(self) -> None:
        assert digest(BASE[:3]) == digest(BASE)
        unchanged = copy.deepcopy(BASE)
        unchanged[1]["new"]["inputs"]["name"] = "other, but not announced as changed"
        assert digest(unchanged) == digest(BASE)

    @pytest.mark.parametrize(
        ("index", "path", "value"),
        [
            (0, ("new", "inputs", "bucket"), "z"),
            (0, ("new", "inputs", "tags", "x"), "2"),
            (0, ("new", "parent"), "urn:pulumi:staging::payments::t::other"),
            (1, ("new", "inputs", "retention"), 7),
            (1, ("diffs",), ["retention", "name"]),
            (2, ("op",), "replace"),
        ],
    )
    def test_moves_with_every_change(self, index: int, path: tuple[str, ...], value: Any) -> None:
        changed = copy.deepcopy(BASE)
        place: Any = changed[index]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        assert digest(changed) != digest(BASE)

    def test_archive_counts_by_content_not_by_path(self) -> None:
        def archive(path: str, hash_: str) -> str:
            return digest([step("create", "f", {"code": {SIGNATURE: "0def", "hash": hash_, "path": path}})])

        assert archive("/home/a/x.zip", "aa") == archive("/root/y.zip", "aa") != archive("/home/a/x.zip", "bb")

    def test_provider_counts_without_its_address(self) -> None:
        def provider(**inputs: Any) -> str:
            return digest([step("create", "aws", inputs, type="pulumi:providers:aws")])

        near = provider(region="us-east-1", endpoints='[{"s3":"http://127.0.0.1:1"}]', skipRegionValidation="true")
        assert near == provider(region="us-east-1") != provider(region="eu-west-1")

    def test_is_another_for_another_stack(self) -> None:
        elsewhere = json.loads(json.dumps(BASE).replace("staging", "production"))
        assert digest(elsewhere) != digest(BASE)

    def test_is_another_through_another_provider(self) -> None:
        def through(name: str, id_: str) -> str:
            reference = f"urn:pulumi:staging::payments::pulumi:providers:aws::{name}::{id_}"
            return digest([{**BASE[1], "provider": reference}])

        assert through("aws", "known") == through("aws", UNKNOWN_ID) != through("other", "known")

    def test_binds_to_the_region_of_a_provider_that_stays_as_it_is(self) -> None:
        def at(region: str) -> str:
            return digest([BASE[1], step("same", "aws", {"region": region}, type="pulumi:providers:aws")])

        assert at("us-east-1") != at("eu-west-1")


class TestPlan:
    def test_replacement_is_one_operation(self) -> None:
        inputs = {"bucket": "new"}
        plan = Plan.of([
            step("create-replacement", "a", inputs, old={"bucket": "old"}, diffs=["bucket"]),
            step("replace", "a", inputs, old={"bucket": "old"}, diffs=["bucket"]),
            step("delete-replaced", "a", None, old={"bucket": "old"}),
        ])  # fmt: skip
        assert plan.counts() == {"replace": 1}
        assert plan.operations[0].inputs == inputs
        assert plan.operations[0].changed == ("bucket",)

    @pytest.mark.parametrize("op", ["discard", "discard-replaced", "read", "remove-pending-replace", "refresh"])
    def test_what_touches_the_record_alone_is_no_change(self, op: str) -> None:
        """Dropping a ``.get`` deletes nothing: neither the limit on deletions nor the digest counts it."""
        plan = Plan.of([*BASE, step(op, "g", old={"bucket": "g"})])
        assert plan.counts()[op] == 1
        assert plan.digest == digest(BASE)

    def test_what_pulumi_may_call_an_operation_one_day_is_a_change(self) -> None:
        assert Plan.of([step("evaporate", "g", old={"bucket": "g"})]).changes

    @pytest.mark.parametrize("op", ["update", "delete", "create"])
    def test_an_update_that_refreshes_first_is_what_comes_after(self, op: str) -> None:
        """``options: refresh: always``: every resource is announced twice."""
        after = step(op, "b", {"retention": 30}, old={"retention": 14}, diffs=["retention"])
        assert Plan.of([step("refresh", "b", old={"retention": 14}), after]) == Plan.of([after])

    def test_unknown_values_are_said_so(self) -> None:
        assert Plan.of(BASE).operations[0].inputs["arn"] == "<computed>"

    def test_state_changes_nothing(self) -> None:
        plan = deployed([{"urn": BASE[0]["urn"], "type": "aws:s3/bucket:Bucket", "inputs": {"bucket": "a"}, "parent": STACK}])
        assert plan.changes == ()
        assert plan.operations[0].inputs == {"bucket": "a"}


def test_differences_say_which_operations_moved() -> None:
    moved = copy.deepcopy(BASE)
    moved[0]["new"]["inputs"]["bucket"] = "z"
    del moved[1]
    moved.append(step("create", "e"))
    said = differences(Plan.of(BASE), Plan.of(moved))
    assert [line.rsplit(" ", 3)[-1] for line in said] == ["otherwise", "planned", "planned"]
    assert any("b: no longer planned" in line for line in said)
    assert any("e: newly planned" in line for line in said)
    assert differences(Plan.of(BASE), Plan.of(BASE)) == []
