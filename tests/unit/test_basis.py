"""What a plan is made from is named by what of it changed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, cast

import pytest
import yaml
from unit.runs import create

from runbook_lib import basis, settings, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.engine import Engine
    from runbook_lib.run import Run

NO_ENGINE = cast("Engine", None)  # a folder as backend needs none


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    home = tmp_path / "home"
    for folder in ("stack", "notebooks"):
        shutil.copytree(settings.home() / folder, home / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("RUNBOOK_OUTPUTS", str(tmp_path / "outputs"))
    monkeypatch.setattr(settings, "home", lambda: home)
    made = create(backend=f"file://{tmp_path}/state")
    workspace.prepare(made, {"payments:engineVersion": "14.24"})
    return made


def test_nothing_moves_by_itself(run: Run) -> None:
    before = basis.of(run, NO_ENGINE)
    workspace.prepare(run, {"payments:engineVersion": "14.24"})
    (settings.home() / "stack" / "__pycache__").mkdir()
    (settings.home() / "stack" / "__pycache__" / "x.pyc").write_text("x")
    assert len(before["program"]) > 20
    assert basis.moved(before, basis.of(run, NO_ENGINE)) == []


def test_what_moved_is_named(run: Run) -> None:
    before = basis.of(run, NO_ENGINE)
    main = settings.home() / "stack" / "__main__.py"
    main.write_text(main.read_text() + "\n")
    (settings.home() / "stack" / "new.py").write_text("")
    workspace.prepare(run, {"payments:engineVersion": "14.25"})
    assert basis.moved(before, basis.of(run, NO_ENGINE)) == [
        "the program has changed: __main__.py, new.py",
        "the configuration has changed: payments:engineVersion",
    ]


def test_a_salt_is_no_configuration(run: Run) -> None:
    """Pulumi draws one when the stack is made, after 02 has written the file."""
    before = basis.of(run, NO_ENGINE)
    path = run.workspace / "Pulumi.staging.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "encryptionsalt": "v1:x"}))
    assert basis.moved(before, basis.of(run, NO_ENGINE)) == []


def test_what_pulumi_writes_back_is_no_change(run: Run) -> None:
    """The CLI quotes the scalars of the file when it makes the stack; 03 writes them as they were."""
    path = run.workspace / "Pulumi.staging.yaml"
    content = yaml.safe_load(path.read_text())
    plain = {"aws:skipMetadataApiCheck": True, "payments:retries": 3}
    path.write_text(yaml.safe_dump({"config": {**content["config"], **plain}}))
    before = basis.of(run, NO_ENGINE)
    path.write_text(
        yaml.safe_dump({"config": {**content["config"], "aws:skipMetadataApiCheck": "true", "payments:retries": "3"}})
    )
    assert basis.moved(before, basis.of(run, NO_ENGINE)) == []
    path.write_text(yaml.safe_dump({"config": {**content["config"], **plain, "payments:retries": 4}}))
    assert basis.moved(before, basis.of(run, NO_ENGINE)) == ["the configuration has changed: payments:retries"]
