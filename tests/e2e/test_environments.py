"""Production as shipped and a stack in another region rehearse from discovery to cost; what production lacks for AWS, 02 says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.conftest import ROOT, Runbook
from e2e.test_trouble import changed_home, nothing_left

from runbook_lib.results import Status, StepResult

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = str(ROOT / "runbook_lib" / "data")
"""Production limits what may rest on unconfirmed prices: that is judged by the list it is shipped with."""
STEPS = ("01_version_discovery", "02_plan", "03_deploy", "04_verify", "05_cost_check")


def test_production_as_shipped_rehearses_from_discovery_to_cost(runbook: Runbook) -> None:
    """By HTTPS with a redirect, with a subscriber, with interface endpoints that do not drift."""
    code, printed = runbook("rehearse", "-e", "production", RUNBOOK_PRICES=SHIPPED)
    assert code == 0, printed
    run = runbook.run()
    assert [run.passed(step).status for step in STEPS] == [Status.PASS] * 5
    said = {finding.check: finding.message for finding in run.passed("04_verify").findings}
    assert "serves port" in said["alb_listeners_lead_to_function"]
    planned = {(op["type"], op["name"]): op["inputs"] for op in run.passed("02_plan").data["operations"]}
    http, https = (planned["aws:lb/listener:Listener", name] for name in ("http", "https"))
    assert (http["defaultActions"][0]["type"], https["protocol"]) == ("redirect", "HTTPS")
    assert ("aws:sns/topicSubscription:TopicSubscription", "email") in planned
    assert sum(type_ == "aws:ec2/vpcEndpoint:VpcEndpoint" for type_, _ in planned) == 4
    nothing_left(runbook)


def _nobody_and_nothing(stack: Path) -> None:
    path = stack / "Pulumi.production.yaml"
    kept = [
        line for line in path.read_text().splitlines(keepends=True) if "certificateArn" not in line and "alarmEmail" not in line
    ]
    path.write_text("".join(kept))


def test_production_without_certificate_and_subscriber_ends_with_02(tmp_path: Path, runbook: Runbook) -> None:
    """Both are named with their settings, and nothing is made."""
    runbook.home = changed_home(tmp_path, _nobody_and_nothing)
    code, printed = runbook("rehearse", "-e", "production", RUNBOOK_PRICES=SHIPPED)
    assert code == 1, printed
    result = StepResult.load(runbook.run().record("02_plan", 1, ".json"))
    refused = {finding.check for finding in result.findings if finding.status is not Status.PASS}
    assert refused == {"alarms_reach_somebody", "load_balancers_speak_tls"}
    assert "http (aws:lb/listener:Listener) serves the internet by HTTP" in printed
    assert "payments:certificateArn" in printed
    assert "payments:alarmEmail" in printed
    assert runbook.run().result("03_deploy") is None
    nothing_left(runbook)


def _in_frankfurt(stack: Path) -> None:
    steps = stack.parent / "notebooks" / "parameters"
    for source, made in ((stack / "Pulumi.staging.yaml", "Pulumi.frankfurt.yaml"), (steps / "staging.yaml", "frankfurt.yaml")):
        text = source.read_text().replace("staging", "frankfurt").replace("us-east-1", "eu-central-1").replace("300.00", "400.00")
        source.with_name(made).write_text(text)


def test_a_stack_in_another_region_rehearses_from_discovery_to_cost(tmp_path: Path, runbook: Runbook) -> None:
    """Priced by that region's own list, and answered there by its load balancer."""
    runbook.home = changed_home(tmp_path, _in_frankfurt)
    code, printed = runbook("rehearse", "-e", "frankfurt")
    assert code == 0, printed
    run = runbook.run()
    assert [run.passed(step).status for step in STEPS] == [Status.PASS] * 5
    assert run.facts.target.region == "eu-central-1"
    assert {file["region"] for file in run.passed("02_plan").data["price_lists"]} == {"eu-central-1"}
    nothing_left(runbook)
