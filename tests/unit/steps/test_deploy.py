"""03_deploy applies what was agreed on or nothing, and says what it applied, whatever the engine did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit.checks.healthy_outputs import RAW
from unit.steps.agreed import AGREED, GROUP, RECORDED, SAVED, deploying
from unit.steps.stand_in import judged, outcome, resource

from runbook_lib.errors import EngineError, FunctionError
from runbook_lib.results import Finding, Status
from runbook_lib.signatures import SECRET, SIGNATURE
from runbook_lib.steps import step as frame

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_agreed_on_is_applied(deploy: Any) -> None:
    report, engine, aws = deploy()
    assert {finding.status for finding in report.findings} == {Status.PASS}
    assert set(judged(report.findings)) == {"plan_unmoved", "applied_as_planned", "outputs_complete", "schema_migrated"}
    assert engine.asked == ["preview", "up"]
    assert aws.invocations == [RAW["schema_function_name"]]
    assert report.data["applied"] is True
    assert [op["inputs"]["retentionInDays"] for op in report.data["operations"]] == [60, 30]
    assert engine.held_to == SAVED
    assert f"held to the plan that it saved, SHA-256 {RECORDED['sha256'][:12]}" in report.findings[1].message
    assert report.data["update_plan"] == {"sha256": RECORDED["sha256"]}


@pytest.mark.parametrize(
    "current",
    [
        (AGREED[0],),
        (*AGREED, resource(GROUP, "more")),
        (AGREED[0], resource(GROUP, "flow", retentionInDays=31, kmsKeyId="k")),
        (AGREED[0], resource(GROUP, "flow", "update", {"retentionInDays": 7}, retentionInDays=30, kmsKeyId="k")),
    ],
)
def test_a_plan_that_moved_applies_nothing(deploy: Any, current: tuple[dict[str, Any], ...]) -> None:
    report, engine, aws = deploy(preview=outcome(*current))
    found = judged(report.findings)
    assert found["plan_unmoved"].status is Status.FAIL
    assert set(found) == {"plan_unmoved"}
    assert engine.asked == ["preview"]
    assert (aws.invocations, report.data["applied"]) == ([], False)


@pytest.mark.parametrize(("status", "applies"), [(Status.FAIL, False), (Status.UNKNOWN, False), (Status.PASS, True)])
def test_what_has_come_since_the_plan_is_looked_for_before_anything_is_applied(
    deploy: Any, status: Status, *, applies: bool
) -> None:
    """Another operator's stack, or another team's role, on which this plan would run into."""
    neighbour = Finding(check="stack_is_nowhere_else", requirement=("T1",), status=status, resource="r", message="m")
    report, engine, _ = deploy(around=(neighbour,))
    assert judged(report.findings)["stack_is_nowhere_else"].status is status
    assert engine.asked == (["preview", "up"] if applies else ["preview"])
    assert report.data["applied"] is applies


@pytest.mark.parametrize("outside", [True, False])
def test_what_was_changed_outside_is_read_before_it_is_mended(deploy: Any, *, outside: bool) -> None:
    """Pulumi would take the plan for fulfilled by a state that does not know better."""
    found = outcome(resource(GROUP, "api", "update", {"retentionInDays": 60}, retentionInDays=1)).plan
    previewed = outcome(*AGREED).model_copy(update={"outside": found} if outside else {})
    report, engine, _ = deploy(preview=previewed)
    assert {finding.status for finding in report.findings} == {Status.PASS}
    assert (engine.asked, engine.refreshed) == (["preview", "up"], outside)


def test_the_digest_that_was_given_counts(deploy: Any) -> None:
    report, engine, _ = deploy(digest="0" * 64)
    assert judged(report.findings)["plan_unmoved"].status is Status.FAIL
    assert engine.asked == ["preview"]


@pytest.mark.parametrize(
    ("applied", "said"),
    [
        ((AGREED[0], resource(GROUP, "flow", retentionInDays=3, kmsKeyId="k")), ("flow", "retentionInDays is 3", "was 30")),
        ((AGREED[0], resource(GROUP, "flow", retentionInDays=30)), ("flow", "kmsKeyId is nothing", 'was "k"')),
        ((AGREED[0],), ("flow", "agreed on and not applied")),
        ((*AGREED, resource(GROUP, "more")), ("more", "never agreed on")),
        (
            (AGREED[0], resource(GROUP, "flow", "replace", {}, retentionInDays=30, kmsKeyId="k")),
            ("flow", "applied as replace"),
        ),
    ],
)
def test_what_was_applied_otherwise_is_named(deploy: Any, applied: tuple[dict[str, Any], ...], said: tuple[str, ...]) -> None:
    report, _, aws = deploy(up=outcome(*applied, outputs=RAW))
    finding = judged(report.findings)["applied_as_planned"]
    assert finding.status is Status.FAIL
    assert all(words in finding.message for words in said), finding.message
    assert report.data["deviations"]
    assert aws.invocations  # the stack has changed by now: the schema must fit it


def test_an_output_that_is_not_the_one_foreseen_is_named(deploy: Any) -> None:
    report, _, _ = deploy(up=outcome(*AGREED, outputs={**RAW, "environment": "http://evil"}))
    finding = judged(report.findings)["applied_as_planned"]
    assert finding.status is Status.FAIL
    assert 'stack output environment is "http://evil"' in finding.message


def test_secrets_whose_values_nobody_can_compare_are_named(deploy: Any) -> None:
    secret = {SIGNATURE: SECRET}
    hidden = (resource(GROUP, "api", retentionInDays=60, value=secret), resource(GROUP, "flow", deep={"a": [secret]}))
    report, _, _ = deploy(agreed=hidden, preview=outcome(*hidden), up=outcome(*hidden, outputs=RAW))
    for check in ("plan_unmoved", "applied_as_planned"):
        finding = judged(report.findings)[check]
        assert finding.status is Status.PASS
        assert "not compared, because secret: api value, flow deep" in finding.message
    assert report.data["not_compared"] == ["api value", "flow deep"]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"current": deploying.newest_migration() - 1, "applied": []}, "the newest migration is"),
        ({"current": 0, "applied": []}, "version 0"),
        ({"applied": []}, "did not migrate"),
        ({"current": deploying.newest_migration(), "error": "it gave up"}, "it gave up"),
        (FunctionError("it timed out"), "it timed out"),
    ],
)
def test_a_schema_that_was_not_migrated_fails(deploy: Any, schema: Any, said: str) -> None:
    report, _, _ = deploy(schema=schema)
    finding = judged(report.findings)["schema_migrated"]
    assert (finding.status, said in finding.message) == (Status.FAIL, True), finding.message


def test_outputs_that_are_not_complete_are_named_after_the_fact(deploy: Any) -> None:
    outputs = {name: value for name, value in RAW.items() if name != "vpc_id"}
    report, _, aws = deploy(up=outcome(*AGREED, outputs=outputs))
    found = judged(report.findings)
    assert (found["outputs_complete"].status, "vpc_id" in found["outputs_complete"].message) == (Status.FAIL, True)
    assert found["schema_migrated"].status is Status.FAIL
    assert aws.invocations == []


def test_an_engine_that_fails_is_not_swallowed(deploy: Any) -> None:
    with pytest.raises(EngineError):
        deploy(up=EngineError("no"))


def test_a_failure_keeps_what_had_been_done() -> None:
    report = frame._of_failure(
        "03_deploy", EngineError("no", evidence={"applied": True, "done": ["a"]}), {"applied": "not known"}
    )
    assert (report.findings[0].status, report.data) == (Status.FAIL, {"applied": True, "done": ["a"]})


@pytest.mark.parametrize(
    ("interrupted", "so_far"),
    [
        ("preview", {"applied": False}),
        ("up", {"applied": "not known"}),
        ("schema", {"applied": True, "outputs": RAW}),
    ],
)
def test_an_interrupt_at_any_moment_leaves_how_far_it_got(tmp_path: Path, deploy: Any, interrupted: str, so_far: Any) -> None:
    del tmp_path
    with pytest.raises(KeyboardInterrupt) as raised:
        deploy(**{interrupted: KeyboardInterrupt()})
    (surroundings,) = [entry.locals["surroundings"] for entry in raised.traceback if "surroundings" in entry.locals]
    assert so_far.items() <= surroundings.so_far.items()
