"""Parameters given through papermill are refused before a kernel starts, if they are not the notebook's."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest
from integration.runner.notebooks import V4, notebook, papermill_command, record, run

from runbook_lib import parameters, settings
from runbook_lib.aws import Target
from runbook_lib.errors import ExitCode, UsageError
from runbook_lib.run import Run
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from pathlib import Path

STEP = 'environment = "staging"\nrun = ""\ndeletion_limit = 0'


def parameterised(path: Path, cell: str, *, language: str = "python") -> Path:
    """A notebook with a cell of parameters that says when it ran."""
    cells = [
        V4.new_code_cell(cell, metadata={"tags": ["parameters"]}),
        V4.new_code_cell(f"open({str(path.with_name('ran'))!r}, 'w').close()"),
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": language}}
    path.write_text(nbformat.writes(V4.new_notebook(cells=cells, metadata=metadata)))
    return path


def refused(source: Path, **given: object) -> str:
    """Why papermill refuses the parameters; it has neither run nor written anything."""
    with pytest.raises(UsageError) as error:
        run(source, source.with_name("out.ipynb"), parameters=given)
    assert not source.with_name("ran").exists()
    assert not source.with_name("out.ipynb").exists()
    return error.value.diagnostics()


@pytest.fixture
def staging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    (tmp_path / "home/notebooks").mkdir(parents=True)
    (tmp_path / "home/stack").mkdir()
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    return Run.create(
        environment="staging", rehearsal=False, reason="test", caller="nobody", engine=EngineKind.EMBEDDED, backend="file:///x",
        target=Target(region="us-east-1"), parameters={},
    )  # fmt: skip


@pytest.mark.parametrize("engine", ["runbook", "nbclient"])
def test_paths_in_variables_are_of_where_papermill_was_started(tmp_path: Path, engine: str) -> None:
    """Not of ``--cwd``."""
    (tmp_path / "elsewhere").mkdir()
    tells = f"import os\nopen({str(tmp_path / 'told')!r}, 'w').write(os.environ['RUNBOOK_REHEARSAL'])"
    source = notebook(tmp_path / "in.ipynb", tells)
    command = [sys.executable, "-m", "papermill", "--engine", engine, "--cwd", "elsewhere", source.name, "out.ipynb"]
    environment = {**os.environ, "RUNBOOK_REHEARSAL": "kept/world.json"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "told").read_text() == str(tmp_path / "kept/world.json")


class TestAnyNotebook:
    """A notebook's own cell of parameters says which there are."""

    @pytest.mark.parametrize(
        "cell", ["colour = 'red'", "size, colour = 1, 'red'", "if True:\n    colour = 'red'", "%time x = 1\ncolour = 1"]
    )
    def test_unknown_name(self, tmp_path: Path, cell: str) -> None:
        said = refused(parameterised(tmp_path / "in.ipynb", cell), color="blue")
        assert "unknown parameter 'color' (did you mean 'colour'?)" in said

    @pytest.mark.parametrize("cell", ["colour = 'red'", "size, colour = 1, 'red'"])
    def test_known_name(self, tmp_path: Path, cell: str) -> None:
        run(parameterised(tmp_path / "in.ipynb", cell), tmp_path / "out.ipynb", parameters={"colour": "blue"})
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "ok", "ok"]

    def test_what_papermill_adds_itself(self, tmp_path: Path) -> None:
        source = parameterised(tmp_path / "in.ipynb", "colour = 'red'")
        subprocess.run([*papermill_command(), "--inject-paths", source, tmp_path / "out.ipynb"], check=True)

    @pytest.mark.parametrize("cell", ["# the place for parameters", ""])
    def test_an_empty_cell_says_that_there_are_none(self, tmp_path: Path, cell: str) -> None:
        said = refused(parameterised(tmp_path / "in.ipynb", cell), x=1)
        assert "unknown parameter 'x'" in said
        assert "Parameters: none" in said

    def test_without_a_cell_anything_is_taken(self, tmp_path: Path) -> None:
        source = parameterised(tmp_path / "in.ipynb", "")
        found = nbformat.read(source, as_version=4)
        del found.cells[0]
        nbformat.write(found, source)
        run(source, tmp_path / "out.ipynb", parameters={"x": 1})

    def test_a_cell_that_tells_nothing_takes_anything(self, tmp_path: Path) -> None:
        run(parameterised(tmp_path / "in.ipynb", "%matplotlib --list"), tmp_path / "out.ipynb", parameters={"x": 1})

    def test_what_an_earlier_execution_was_given_is_no_matter(self, tmp_path: Path) -> None:
        source = parameterised(tmp_path / "in.ipynb", "colour = 'red'")
        found = nbformat.read(source, as_version=4)
        found.metadata["papermill"] = {"parameters": {"gone": 1}}
        nbformat.write(found, source)
        run(source, tmp_path / "out.ipynb")


class TestSteps:
    """A step's notebook validates as the command line does, whoever starts it, and under whatever name."""

    @pytest.mark.parametrize("name", ["02_plan.ipynb", "a copy.ipynb"])
    @pytest.mark.parametrize(
        ("given", "why"),
        [
            ({"enviroment": "production"}, "unknown parameter 'enviroment' (did you mean 'environment'?)"),
            ({"deletion_limit": "many"}, "parameter 'deletion_limit' = 'many'"),
            ({"drills": True}, "unknown parameter 'drills'"),
            ({"run": "20261124T031500Z-3f9a1c"}, "There is no run '20261124T031500Z-3f9a1c'"),
        ],
    )
    def test_wrong(self, tmp_path: Path, staging: Run, name: str, given: dict[str, object], why: str) -> None:
        assert staging.facts.environment == "staging"
        assert why in refused(parameterised(tmp_path / name, STEP), **given)

    def test_run_of_another_environment(self, tmp_path: Path, staging: Run) -> None:
        source = parameterised(tmp_path / "02_plan.ipynb", STEP)
        said = refused(source, environment="production", run=staging.facts.run)
        assert f"run '{staging.facts.run}' is a run of 'staging', not of 'production'" in said

    def test_right(self, tmp_path: Path, staging: Run) -> None:
        source = parameterised(tmp_path / "02_plan.ipynb", STEP)
        run(source, tmp_path / "out.ipynb", parameters={"run": staging.facts.run, "deletion_limit": "3"})
        assert (tmp_path / "ran").exists()

    def test_teardown_is_not_begun_without_its_confirmation(self, tmp_path: Path) -> None:
        cell = 'environment = "staging"\nrun = ""\nconfirm = ""'
        assert "repeat the environment's name" in refused(parameterised(tmp_path / "91_teardown.ipynb", cell))

    def test_every_step_is_known_by_its_parameters(self) -> None:
        names = [frozenset(model.model_fields) for model in parameters.STEPS.values()]
        assert len(set(names)) == len(names)


class TestCommandLine:
    """papermill's own command line says what is wrong in one line, and exits as for bad usage."""

    @pytest.mark.parametrize("way", ["-p", "-f", "-y"])
    def test_refusal(self, tmp_path: Path, way: str) -> None:
        source = parameterised(tmp_path / "in.ipynb", "environment = 'staging'")
        (tmp_path / "given.yaml").write_text("enviroment: production\n")
        options = {"-p": ["enviroment", "production"], "-f": [tmp_path / "given.yaml"], "-y": ["enviroment: production"]}[way]
        command = [*papermill_command(), way, *options, source, tmp_path / "out.ipynb"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == ExitCode.USAGE
        assert "Error: unknown parameter 'enviroment' (did you mean 'environment'?)" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "ran").exists()
