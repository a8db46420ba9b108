"""03_deploy goes from what the plan was made from, holds Pulumi to the plan that it saved, and says what that refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit.steps.agreed import AGREED, BASIS, GROUP, RECORDED, SAVED, deploying
from unit.steps.stand_in import judged, outcome, resource

from runbook_lib.errors import ConstraintError, RecordError
from runbook_lib.results import Status

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.engine_events import Outcome


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("state", {"": "0" * 64}, "the stack's state has changed, SHA-256 555555555555 instead of 000000000000"),
        ("program", {"__main__.py": "0"}, "the program has changed: __main__.py"),
        ("program", {**BASIS["program"], "more.py": "0"}, "the program has changed: more.py"),
        ("configuration", {"payments:suffix": "0"}, "the configuration has changed: payments:suffix"),
        ("state", {}, "the stack's state it was made from is not on record"),
    ],
)
def test_what_the_plan_was_made_from_must_be_what_it_was(deploy: Any, part: str, value: Any, said: str) -> None:
    report, engine, _ = deploy(basis={**BASIS, part: value})
    (finding,) = report.findings
    assert (finding.check, finding.status, said in finding.message) == ("plan_unmoved", Status.FAIL, True), finding.message
    assert (engine.asked, report.data["applied"]) == ([], False)


@pytest.mark.parametrize("content", [SAVED + b" ", b"", None])
def test_another_saved_plan_is_refused(tmp_path: Path, deploy: Any, monkeypatch: pytest.MonkeyPatch, content: Any) -> None:
    path = tmp_path / RECORDED["file"]
    agreed = deploying.saved_plan.agreed

    def tampered(run: Any, told: Any) -> Any:
        path.unlink() if content is None else path.write_bytes(content)
        return agreed(run, told)

    monkeypatch.setattr(deploying.saved_plan, "agreed", tampered)
    with pytest.raises(RecordError, match="update-plan") as raised:
        deploy()
    (surroundings,) = [entry.locals["surroundings"] for entry in raised.traceback if "surroundings" in entry.locals]
    assert surroundings.engine.asked == []


@pytest.mark.parametrize(
    ("saves", "recorded", "why"),
    [
        (None, {}, "this command takes no saved plans"),
        (SAVED, {"update_plan": {"why_not": "a secret stood in it in clear"}}, "a secret stood in it in clear"),
    ],
)
def test_without_a_saved_plan_the_record_says_why(deploy: Any, saves: Any, recorded: Any, why: str) -> None:
    report, engine, _ = deploy(saves=saves, **recorded)
    finding = judged(report.findings)["applied_as_planned"]
    assert (finding.status, f"Pulumi was not held to a saved plan: {why}" in finding.message) == (Status.PASS, True)
    assert (engine.asked, engine.held_to) == (["preview", "up"], None)
    assert report.data["update_plan"] == {"why_not": why}


@pytest.mark.parametrize(
    ("so_far", "said"),
    [
        (outcome(), "Nothing was applied."),
        (
            outcome(AGREED[1]),
            "By then 1 operations were done, with the agreed values, parents, providers, protection and retention.",
        ),
        (outcome(resource(GROUP, "flow", retentionInDays=3, kmsKeyId="k")), "retentionInDays is 3, agreed was 30."),
    ],
)
def test_what_pulumi_refused_is_named_and_what_it_had_done(deploy: Any, so_far: Outcome, said: str) -> None:
    refused = ["aws:cloudwatch/logGroup:LogGroup api: retentionInDays is 3, agreed was 60"]
    report, _, aws = deploy(up=ConstraintError("no", refused=refused, outcome=so_far, evidence={"applied": bool(so_far.done)}))
    finding = judged(report.findings)["applied_as_planned"]
    assert finding.status is Status.FAIL
    assert (refused[0] in finding.message, said in finding.message) == (True, True), finding.message
    assert (report.data["applied"], report.data["deviations"]) == (bool(so_far.done), refused)
    assert aws.invocations == []
