"""03_deploy with everything around it played."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest
from unit.checks.healthy_outputs import RAW
from unit.steps.agreed import AGREED, AS_AGREED, BASIS, FORESEEN, MIGRATED, RECORDED, SAVED, deploying
from unit.steps.stand_in import FakeAws, FakeEngine, FakeRun, context, outcome

from runbook_lib import steps
from runbook_lib.parameters import DeployParameters

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.engine_events import Outcome
    from runbook_lib.results import Finding
    from runbook_lib.steps.outcome import Report


@pytest.fixture
def deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Deploy with an engine that previews and applies what it is told, and a schema function that answers so."""
    monkeypatch.setattr(deploying, "chosen_config", lambda _run: {})
    monkeypatch.setattr(deploying.workspace, "prepare", lambda _run, _chosen: tmp_path)
    monkeypatch.setattr(deploying.basis, "of", lambda _run, _engine: BASIS)

    def call(
        *, preview: Outcome = AS_AGREED, up: Any = None, schema: Any = MIGRATED, digest: str = "", agreed: Any = AGREED,
        saves: bytes | None = SAVED, around: tuple[Finding, ...] = (), **recorded: Any,
    ) -> tuple[Report, FakeEngine, FakeAws]:  # fmt: skip
        monkeypatch.setattr(deploying.looking_around, "findings", lambda _context, _plan: around)
        operations = [operation.model_dump(mode="json") for operation in outcome(*agreed).plan.operations]
        known = {"basis": BASIS, "update_plan": RECORDED, **recorded}
        run = FakeRun(tmp_path, {"02_plan": {"operations": operations, "outputs": {**RAW, **FORESEEN}, **known}})
        (tmp_path / RECORDED["file"]).write_bytes(SAVED)
        engine = FakeEngine(saves, preview=preview, up=up or outcome(*AGREED, outputs=RAW))
        aws = FakeAws(invoked=schema)
        surroundings = context(run, engine, aws)
        report = inspect.unwrap(steps.deploy)(surroundings, DeployParameters(plan_digest=digest))
        return report, engine, aws

    return call
