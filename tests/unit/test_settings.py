"""Configuration is read strictly; what is wrong is named with its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from runbook_lib import operations, settings
from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "notebooks" / "parameters"
    made.mkdir(parents=True)
    (tmp_path / "stack").mkdir()
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path))
    return made


def test_missing_environment_lists_those_there_are(folder: Path) -> None:
    (folder / "staging.yaml").write_text("environment: staging\nregion: us-east-1\n")
    with pytest.raises(UsageError, match="no environment 'stagign'") as caught:
        settings.environment("stagign")
    assert "staging" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("environment: staging\nregion: us-east-1\nregoin: x\n", "regoin"),
        ("environment: staging\n", "region"),
        ("environment: other\nregion: us-east-1\n", "says environment: other"),
        ("environment: staging\nregion: us-east-1\nengine: terraform\n", "engine"),
        ("environment: staging\nregion: us-east-1\nusage: {nat_bg: 1}\n", r"usage\.nat_bg: .*did you mean nat_gb"),
        ("environment: staging\nregion: us-east-1\nusage: {nat_gb: {low: 2, expected: 1, high: 3}}\n", "low <= expected"),
        ("environment: staging\nregion: us-east-1\nusage: {nat_gb: -1}\n", "usage.nat_gb"),
        ("- a\n", "does not hold a mapping"),
        ("a: [\n", "not YAML"),
    ],
)
def test_wrong_file_is_one_clear_error(folder: Path, text: str, said: str) -> None:
    (folder / "staging.yaml").write_text(text)
    with pytest.raises(UsageError, match=said):
        settings.environment("staging")


def test_missing_stack_configuration_is_named(folder: Path) -> None:
    assert folder.is_dir()
    with pytest.raises(UsageError, match=r"Pulumi\.staging\.yaml"):
        settings.stack_config("staging")


def test_home_must_hold_the_runbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path))
    with pytest.raises(UsageError, match="holds no notebooks"):
        settings.home()


class TestChosenFor:
    STEPS = ("02_plan", "05_cost_check")

    def given(self, *, options: dict[str, str], steps: dict[str, dict[str, object]] | None = None) -> dict[str, dict[str, Any]]:
        environment = settings.Environment.model_validate({"environment": "staging", "region": "r", "steps": steps or {}})
        chosen = operations.chosen_for(self.STEPS, environment, options)
        return {step: told.over_defaults() for step, told in chosen.items()}

    def test_command_line_is_over_the_file(self) -> None:
        given = self.given(options={"deletion_limit": "5"}, steps={"02_plan": {"deletion_limit": 1}})
        assert given == {"02_plan": {"deletion_limit": 5}, "05_cost_check": {}}

    def test_the_default_that_a_person_gives_is_over_the_file_too(self) -> None:
        given = self.given(options={"deletion_limit": "0"}, steps={"02_plan": {"deletion_limit": 1}})
        assert given["02_plan"] == {"deletion_limit": 0}

    @pytest.mark.parametrize("name", ["environment", "run", "rehearsal"])
    def test_what_every_step_takes_is_no_step_parameter(self, name: str) -> None:
        with pytest.raises(UsageError, match="is not a -p parameter"):
            self.given(options={name: "x"})
        with pytest.raises(UsageError, match=f"02_plan is told {name}"):
            self.given(options={}, steps={"02_plan": {name: "x"}})

    def test_parameter_nobody_knows_is_refused_with_the_nearest(self) -> None:
        with pytest.raises(UsageError, match="did you mean 'deletion_limit'"):
            self.given(options={"deletion_limits": "5"})

    def test_step_that_does_not_exist_is_refused(self) -> None:
        with pytest.raises(UsageError, match="06_party"):
            self.given(options={}, steps={"06_party": {}})
