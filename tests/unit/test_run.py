"""A run's records on a machine that is not as one would like it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from unit.runs import create

from runbook_lib import canonical, cli, folders, settings, stack_state
from runbook_lib.errors import ExitCode, UsageError
from runbook_lib.run import Run


@pytest.fixture(autouse=True)
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    return tmp_path / "outputs"


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


@pytest.mark.parametrize("run_id", ["*", "../*", "2026*", ""])
def test_a_run_is_found_by_its_whole_id_only(run_id: str) -> None:
    create()
    with pytest.raises(UsageError, match="no run"):
        Run.find(run_id)


def test_secrets_do_not_reach_run_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "qanary-passphrase")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "postgres://runbook:qanary-backend@db/state")
    made = create(reason="because qanary-passphrase", backend="postgres://runbook:qanary-backend@db/state")
    assert "qanary" not in (made.directory / "run.json").read_text()


def test_what_nobody_foresaw_is_one_line_and_no_failed_gate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "qanary-secret")

    def break_down(**_: Any) -> None:
        raise ValueError("qanary-secret is odd")

    monkeypatch.setattr(cli, "app", break_down)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    printed = capsys.readouterr().err
    assert stopped.value.code == ExitCode.ENGINE
    assert printed.startswith("runbook: ValueError: [redacted:AWS_SECRET_ACCESS_KEY] is odd")
    assert "Traceback" not in printed


def test_ids_never_collide_whatever_the_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    at, names = datetime(2026, 11, 24, tzinfo=UTC), iter(["aaaaaa", "aaaaaa", "bbbbbb"])
    monkeypatch.setattr(folders, "now", lambda: at)
    monkeypatch.setattr("secrets.token_hex", lambda _: next(names))
    assert [create().facts.run for _ in range(2)] == ["20261124T000000Z-aaaaaa", "20261124T000000Z-bbbbbb"]


class TestContinued:
    def test_who_goes_on_and_with_what_is_on_record(self) -> None:
        begun = create()
        begun.ledger.append("run.stopped", exit_code=1)
        begun.continued("mended the quota", "arn:aws:iam::1:user/b")
        *_, last = begun.ledger.events()
        assert (last["event"], last["reason"], last["caller"]) == ("run.continued", "mended the quota", "arn:aws:iam::1:user/b")
        assert last["operator"] == begun.facts.operator
        assert set(last["code"]) == {"commit", "diff"}
        assert {"cli", "plugin", "os", "python"} <= set(last["versions"])


class TestStackState:
    def state(self, made: Run, folder: Path, **latest: Any) -> str:
        path = folder / ".pulumi/stacks/payments/staging.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"version": 3, "checkpoint": {"stack": "s", "latest": latest}}))
        return stack_state.digest(made, None)  # type: ignore[arg-type]  # a folder needs no engine

    def test_is_of_what_the_state_holds_and_not_of_when(self, tmp_path: Path) -> None:
        made = create(backend=f"file://{tmp_path}")
        assert stack_state.digest(made, None) == ""  # type: ignore[arg-type]
        before = self.state(made, tmp_path, manifest={"time": "1"}, resources=[{"urn": "a", "id": 1}])
        assert before == self.state(
            made, tmp_path, resources=[{"id": 1, "urn": "a"}], manifest={"time": "2"}, pending_operations=[]
        )
        others = [
            self.state(made, tmp_path, resources=[{"urn": "a", "id": 2}]),
            self.state(made, tmp_path, resources=[{"urn": "a", "id": 1}], pending_operations=[{"type": "creating"}]),
            self.state(made, tmp_path),
        ]
        assert len({before, *others}) == 4
        assert all(len(each) == 64 for each in others)

    def test_any_other_backend_is_asked(self) -> None:
        class Engine:
            def resources(self) -> list[dict[str, Any]]:
                return [{"urn": "a"}]

        made = create(backend="s3://bucket")
        assert stack_state.digest(made, Engine()) == ""  # type: ignore[arg-type]  # nothing has been prepared
        made.workspace.mkdir()
        (made.workspace / "Pulumi.yaml").touch()
        asked = stack_state.digest(made, Engine())  # type: ignore[arg-type]
        assert asked == stack_state.of_deployment({"resources": [{"urn": "a"}]})


def test_a_rehearsals_run_names_its_rehearsal(outputs: Path) -> None:
    with pytest.raises(UsageError, match="world"):
        create(rehearsal=True, world="")
    assert not list(outputs.glob("*/*"))


def test_the_first_event_binds_run_json() -> None:
    made = create()
    first = next(made.ledger.events())
    assert first["records"] == {"run.json": canonical.file_sha256(made.directory / "run.json")}
