"""Policy packs of the user's own: what they refuse fails, what they advise is told, and what was not run is not passed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from pulumi.automation import CommandResult
from pulumi.automation.errors import CommandError
from pulumi.automation.events import EngineEvent, PolicyEvent, SummaryEvent

from runbook_lib import policy_packs, settings
from runbook_lib.engine import Engine
from runbook_lib.engine_events import Recorder
from runbook_lib.errors import EngineError, UsageError
from runbook_lib.policy_packs import Violation, findings
from runbook_lib.results import Status, verdict
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from pathlib import Path

REFUSED = Violation(pack="bank", version="1", policy="no-http", message="speaks HTTP", level="mandatory", urn="urn::t::web")
ADVISED = REFUSED.model_copy(update={"level": "advisory", "policy": "tags"})


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose staging names one pack."""
    (tmp_path / "notebooks" / "parameters").mkdir(parents=True)
    (tmp_path / "stack").mkdir()
    (tmp_path / "notebooks" / "parameters" / "staging.yaml").write_text(
        "environment: staging\nregion: us-east-1\npolicy_packs: [policies/bank]\n"
    )
    folder = tmp_path / "policies" / "bank"
    folder.mkdir(parents=True)
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\n")
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path))
    return folder


class Pulumi:
    """Stands for the Automation API's stack: tells its events, and ends as the command would."""

    def __init__(self, *events: EngineEvent, fails: bool = False) -> None:
        self.events, self.fails, self.asked = events, fails, cast("dict[str, Any]", {})

    def preview(self, *, on_event: Recorder, **asked: Any) -> Any:
        self.asked = asked
        for event in self.events:
            on_event(event)
        if self.fails:
            raise CommandError(CommandResult(stdout="", stderr="error: preview failed\n", code=255))
        return SimpleNamespace()

    up = preview


def engine(stack: Pulumi, kind: EngineKind = EngineKind.PULUMI) -> Engine:
    made = Engine(cast("Any", SimpleNamespace(facts=SimpleNamespace(engine=kind, environment="staging"))))
    made._stack = cast("Any", stack)
    return made


def violated(level: str = "mandatory") -> EngineEvent:
    told = PolicyEvent("speaks HTTP", "", "no-http", "bank", "1", "", level, "urn::t::web")
    return EngineEvent(1, 1, policy_event=told)


SUMMARY = EngineEvent(2, 2, summary_event=SummaryEvent.from_json({"PolicyPacks": {"bank": "1"}}))


def test_the_cli_is_given_the_packs_and_what_they_refuse_is_an_outcome(pack: Path) -> None:
    stack = Pulumi(violated(), SUMMARY, fails=True)
    outcome = engine(stack).preview()
    assert stack.asked["policy_packs"] == [str(pack)]
    assert (outcome.violations, outcome.policy_packs) == ((REFUSED,), {"bank": "1"})


@pytest.mark.usefixtures("pack")
def test_a_preview_that_failed_otherwise_is_no_outcome() -> None:
    """Advice is no reason to fail, so what failed is something else."""
    for events in ((SUMMARY,), (violated("advisory"), SUMMARY)):
        with pytest.raises(EngineError, match="preview failed"):
            engine(Pulumi(*events, fails=True)).preview()


def test_an_update_that_a_policy_stops_names_it(pack: Path) -> None:
    stack = Pulumi(violated(), SUMMARY, fails=True)
    with pytest.raises(EngineError, match="bank, no-http: speaks HTTP") as caught:
        engine(stack).up()
    assert stack.asked["policy_packs"] == [str(pack)]
    assert caught.value.evidence["violations"][0]["policy"] == "no-http"


@pytest.mark.usefixtures("pack")
def test_the_embedded_engine_is_given_none_and_says_so() -> None:
    stack = Pulumi(SUMMARY)
    engine(stack, EngineKind.EMBEDDED).preview()
    assert stack.asked["policy_packs"] is None
    [finding] = findings(policy_packs.named("staging"), EngineKind.EMBEDDED, {}, ())
    assert finding.status is Status.UNKNOWN
    assert "bank: not run" in finding.message
    assert "--engine pulumi" in finding.remedy


def test_an_environment_without_packs_has_nothing_to_say() -> None:
    assert [list(findings((), kind, {}, ())) for kind in EngineKind] == [[], []]


def test_what_packs_say_becomes_findings(pack: Path) -> None:
    def said(ran: dict[str, str], *violations: Violation) -> tuple[Status, str]:
        found = tuple(findings([pack], EngineKind.PULUMI, ran, violations))
        return verdict(found), " | ".join(finding.message for finding in found)

    assert said({"bank": "1"}) == (Status.PASS, "bank 1 ran and refuses nothing; 0 advisory violations.")
    status, text = said({"bank": "1"}, ADVISED)
    assert status is Status.PASS
    assert "1 advisory violations. | bank 1, tags (advisory), of web: speaks HTTP" in text
    assert said({"bank": "1"}, REFUSED, ADVISED)[0] is Status.FAIL
    assert said({"bank": "1"}, REFUSED.model_copy(update={"level": "never heard of"}))[0] is Status.FAIL
    assert said({}) == (Status.UNKNOWN, "Of 1 policy packs (bank) Pulumi says it ran none.")


def test_a_folder_without_a_pack_is_refused(pack: Path) -> None:
    (pack / "PulumiPolicy.yaml").unlink()
    with pytest.raises(UsageError, match=r"staging\.yaml names .*policies/bank, which holds no PulumiPolicy\.yaml"):
        policy_packs.named("staging")
