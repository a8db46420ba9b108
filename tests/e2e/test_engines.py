"""The same stack on both engines: the same digest, the same resources, and drift seen by both."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import NOT_RUN, real_root

from runbook_lib import operations, workspace
from runbook_lib.aws import Aws, Target
from runbook_lib.engine import Engine
from runbook_lib.engine_events import Outcome
from runbook_lib.plan import Plan
from runbook_lib.rehearsal import world as worlds
from runbook_lib.run import Run
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHOSEN = {"payments:engineVersion": "14.24", "payments:lambdaRuntime": "python3.13"}
KEPT_DAYS = 14
"""Not what the program asks for."""


class Bench:
    """A world in which either engine can be asked."""

    def __init__(self, directory: Path, world: worlds.World) -> None:
        self.directory = directory
        self.target = Target(region="us-east-1", endpoint=world.endpoint)

    def engine(self, kind: EngineKind) -> Engine:
        """A new, empty stack on one engine."""
        state = self.directory / kind / "state"
        state.mkdir(parents=True)
        run = Run.create(
            environment="staging", rehearsal=True, reason="test", caller="nobody", engine=kind, target=self.target,
            parameters={}, backend=f"file://{state}", world="test",
        )  # fmt: skip
        workspace.prepare(run, CHOSEN)
        return Engine(run)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("RUNBOOK_OUTPUTS", str(tmp_path / "outputs"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    if root := real_root():
        monkeypatch.setenv("PATH", f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with worlds.start(tmp_path / "world") as world, operations.rehearsing(world, tmp_path / "world"):
        yield Bench(tmp_path, world)


def _drifted(bench: Bench, kind: EngineKind) -> tuple[Plan, Outcome, Outcome]:
    """Deploy, change a log group behind the engine's back, and ask it what drifted: plan, drift before, drift after."""
    engine = bench.engine(kind)
    saved = bench.directory / kind / "plan.json"
    planned = engine.preview(save=saved).plan
    outputs = engine.up(plan=saved).outputs  # a plan of the whole stack, all names generated, that it keeps to
    before = engine.drift()
    group = f"/aws/lambda/{outputs['payments_function_name']}"
    Aws(bench.target).client("logs").put_retention_policy(logGroupName=group, retentionInDays=KEPT_DAYS)
    after = engine.drift()
    engine.destroy()
    return planned, before, after


def test_embedded_engine_sees_drift(bench: Bench) -> None:
    _, before, after = _drifted(bench, EngineKind.EMBEDDED)
    assert before.plan.changes == ()
    assert [(op.type, op.op) for op in after.plan.changes] == [("aws:cloudwatch/logGroup:LogGroup", "update")]


def test_plan_does_not_depend_on_where_packages_are_built(bench: Bench) -> None:
    engine = bench.engine(EngineKind.EMBEDDED)
    digest = engine.preview().plan.digest
    assert len(list((bench.directory / "outputs" / ".build").iterdir())) == 2
    engine.stack.workspace.env_vars["RUNBOOK_BUILD"] = str(bench.directory / "elsewhere")
    assert engine.preview().plan.digest == digest
    assert len(list((bench.directory / "elsewhere").iterdir())) == 2
    engine.up()
    engine.stack.workspace.env_vars["RUNBOOK_BUILD"] = str(bench.directory / "third")
    assert engine.preview().plan.changes == ()


def test_both_engines_plan_and_see_the_same(bench: Bench) -> None:
    """The digest that was agreed on with one engine is the other's too."""
    if real_root() is None:
        pytest.skip(NOT_RUN)
    embedded = bench.engine(EngineKind.EMBEDDED).preview().plan
    real, before, after = _drifted(bench, EngineKind.PULUMI)
    assert real.digest == embedded.digest
    assert real.counts() == embedded.counts()
    assert before.plan.changes == ()
    assert [(op.type, op.op) for op in after.plan.changes] == [("aws:cloudwatch/logGroup:LogGroup", "update")]
