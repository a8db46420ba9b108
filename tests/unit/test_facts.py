"""A run says with which versions and with which code it was made."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from unit.runs import create

from runbook_lib import checkout, settings
from runbook_lib.aws import Target
from runbook_lib.facts import versions
from runbook_lib.settings import EngineKind


@pytest.fixture(autouse=True)
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    return tmp_path / "outputs"


class TestVersions:
    def test_a_rehearsals_run_holds_those_of_everything(self) -> None:
        found = create(target=Target(region="us-east-1", endpoint="http://127.0.0.1:1")).facts.versions
        assert found["cli"].startswith("embedded, as 3.")
        assert found["plugin"] == f"rehearsal, as {found['pulumi-aws']}"
        assert found["emulator"].startswith("ministack ")
        assert found["os"]

    def test_against_aws_they_are_the_clis_and_the_plugins(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        listed = json.dumps(
            [{"name": "aws", "version": "7.1.0"}, {"name": "random", "version": "4.0.0"}, {"name": "aws", "version": "6.9.9"}]
        )
        command = tmp_path / "bin" / "pulumi"
        command.parent.mkdir()
        command.write_text(f"#!/bin/sh\n[ $1 = version ] && echo v3.300.1 || echo '{listed}'\n")
        command.chmod(0o755)
        monkeypatch.setenv("PATH", str(command.parent), prepend=":")
        found = versions(EngineKind.PULUMI, Target(region="us-east-1"))
        assert (found["cli"], found["plugin"]) == ("3.300.1", "6.9.9, 7.1.0")
        assert "emulator" not in found

    def test_what_does_not_answer_is_on_record_as_that(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        found = versions(EngineKind.PULUMI, Target(region="us-east-1"))
        assert found["cli"] == "not known: The Pulumi CLI is not on PATH."
        assert found["plugin"].startswith("not known: ")


class TestCode:
    """The checkout's commit, and a digest of what differs from it."""

    @pytest.fixture
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        home = tmp_path / "home"
        for name in ("notebooks", "stack"):
            (home / name).mkdir(parents=True)
        (home / "stack/Pulumi.yaml").write_text("name: payments")
        for command in (["init", "-q"], ["add", "."], ["-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "first"]):
            subprocess.run(["git", "-C", str(home), *command], check=True)
        monkeypatch.setenv(settings.HOME_VARIABLE, str(home))
        return home

    def test_clean(self, home: Path) -> None:
        head = subprocess.run(
            ["git", "-C", str(home), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        assert checkout.code() == {"commit": head, "diff": ""}

    def test_each_difference_has_its_digest(self, home: Path) -> None:
        def changed(path: str, text: str) -> str:
            (home / path).write_text(text)
            found = checkout.code()
            assert found["commit"].endswith("-dirty")
            assert found == checkout.code()
            return found["diff"]

        seen = [
            changed("stack/Pulumi.yaml", "name: other"),
            changed("stack/new.py", "a"),
            changed("stack/new.py", "b"),
            changed("stack/näw.py", ""),
        ]
        assert len({*seen, ""}) == 5

    def test_a_repository_without_a_commit(self, home: Path) -> None:
        subprocess.run(["git", "-C", str(home), "update-ref", "-d", "HEAD"], check=True)
        assert checkout.code() == {"commit": "", "diff": ""}
