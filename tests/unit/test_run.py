"""A run's records on a machine that is not as one would like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runbook_lib import cli, settings
from runbook_lib.aws import Target
from runbook_lib.errors import ExitCode, UsageError
from runbook_lib.run import Run
from runbook_lib.settings import EngineKind


@pytest.fixture(autouse=True)
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    return tmp_path / "outputs"


def create(**facts: Any) -> Run:
    return Run.create(
        **{
            "environment": "staging", "rehearsal": True, "reason": "test", "caller": "nobody", "backend": "file:///x",
            "engine": EngineKind.EMBEDDED, "target": Target(region="us-east-1"), "parameters": {}, **facts,
        }
    )  # fmt: skip


def test_a_machine_without_git_has_no_commit_to_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert create().facts.commit == ""


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert create().facts.operator.startswith("uid ")


def test_a_folder_that_cannot_be_made_is_bad_usage(outputs: Path) -> None:
    outputs.write_text("a file")
    with pytest.raises(UsageError, match="cannot be made") as error:
        create()
    assert settings.OUTPUTS_VARIABLE in error.value.remedy


def test_one_bad_record_does_not_hide_the_others() -> None:
    good, bad = create(), create()
    (bad.directory / "run.json").write_text("{}")
    runs, unreadable = Run.all()
    assert [run.directory for run in runs] == [good.directory]
    assert [str(bad.directory) in error.message for error in unreadable] == [True]


@pytest.mark.parametrize("run_id", ["*", "../*", "2026*", ""])
def test_a_run_is_found_by_its_whole_id_only(run_id: str) -> None:
    create()
    with pytest.raises(UsageError, match="no run"):
        Run.find(run_id)


def test_secrets_do_not_reach_run_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "canary-passphrase")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "postgres://runbook:canary-backend@db/state")
    run = create(reason="because canary-passphrase", backend="postgres://runbook:canary-backend@db/state")
    assert "canary" not in (run.directory / "run.json").read_text()


def test_what_nobody_foresaw_is_one_line_and_no_failed_gate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret")

    def break_down(**_: Any) -> None:
        raise ValueError("canary-secret is odd")

    monkeypatch.setattr(cli, "app", break_down)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    printed = capsys.readouterr().err
    assert stopped.value.code == ExitCode.ENGINE
    assert printed.startswith("runbook: ValueError: [redacted:AWS_SECRET_ACCESS_KEY] is odd")
    assert "Traceback" not in printed
