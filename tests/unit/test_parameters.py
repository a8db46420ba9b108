"""Parameters are strict: unknown, missing or mistyped ones are errors before anything runs."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from runbook_lib import parameters, settings
from runbook_lib.errors import ExitCode, UsageError

NOTEBOOKS = settings.home() / "notebooks"


class TestParse:
    def test_unknown_names_the_nearest(self) -> None:
        with pytest.raises(UsageError, match=r"unknown parameter 'deletion_limt' \(did you mean 'deletion_limit'\?\)") as caught:
            parameters.parse("02_plan", {"deletion_limt": "3"})
        assert caught.value.exit_code is ExitCode.USAGE

    def test_wrong_type_names_the_parameter(self) -> None:
        with pytest.raises(UsageError, match=r"parameter 'deletion_limit' = 'three'"):
            parameters.parse("02_plan", {"deletion_limit": "three"})

    def test_every_problem_is_named(self) -> None:
        with pytest.raises(UsageError, match=r"(?s)postgres_major.*lambda_runtime"):
            parameters.parse("01_version_discovery", {"postgres_major": 2, "lambda_runtime": "ruby"})

    def test_text_becomes_the_parameters_type(self) -> None:
        known = parameters.parse("05_cost_check", {"monthly_budget_usd": "250.10"})
        assert known.model_dump()["monthly_budget_usd"] == Decimal("250.10")

    @pytest.mark.parametrize("environment", ["../etc", "Staging", "a/b", "", "x" * 40])
    def test_environment_cannot_leave_outputs(self, environment: str) -> None:
        with pytest.raises(UsageError, match="environment"):
            parameters.parse("02_plan", {"environment": environment})

    @pytest.mark.parametrize("confirm", ["", "stagin", "production"])
    def test_teardown_wants_the_environments_name(self, confirm: str) -> None:
        with pytest.raises(UsageError, match="repeat the environment's name: 'staging'"):
            parameters.parse("91_teardown", {"environment": "staging", "confirm": confirm})


class TestStepNamed:
    def test_number_is_enough(self) -> None:
        assert parameters.step_named("02") == "02_plan"

    @pytest.mark.parametrize("name", ["0", "06", "plan"])
    def test_none_or_many_is_an_error(self, name: str) -> None:
        with pytest.raises(UsageError, match=f"no step '{name}'"):
            parameters.step_named(name)


def _cell(step: str) -> str:
    cells = json.loads((NOTEBOOKS / f"{step}.ipynb").read_text())["cells"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", ())]
    assert len(tagged) == 1
    return "".join(tagged[0]["source"])


@pytest.mark.parametrize("step", parameters.STEPS)
def test_notebooks_parameters_are_the_models(step: str) -> None:
    """Names and defaults in the notebook's cell are those of the model, each with a comment."""
    values: dict[str, object] = {}
    exec(_cell(step), values)  # noqa: S102 - the cell is this repository's own
    values.pop("__builtins__")
    fields = parameters.STEPS[step].model_fields
    assert list(values) == list(fields)
    assert {name: str(value) for name, value in values.items()} == {n: str(f.default) for n, f in fields.items()}
    assert all("  # " in line for line in _cell(step).splitlines())


def test_every_notebook_is_a_step() -> None:
    assert {path.stem for path in Path(NOTEBOOKS).glob("*.ipynb")} == set(parameters.STEPS)
