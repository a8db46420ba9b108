"""The AWS plugin is there before a step needs it."""

from __future__ import annotations

from importlib.metadata import version
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from runbook_lib import engine
from runbook_lib.preflight import plugins
from runbook_lib.results import Status
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from pathlib import Path

WANTED = version("pulumi-aws")


def aws(number: str, kind: str = "resource", name: str = "aws") -> dict[str, str]:
    return {"name": name, "kind": kind, "version": number}


@pytest.mark.parametrize(
    ("installed", "status"),
    [
        ([aws("1.0.0"), aws("7.51.1")], Status.PASS),
        ([aws("1.0.0")], Status.FAIL),
        ([], Status.FAIL),
        ([aws("7.51.1", kind="language"), aws("7.51.1", name="random")], Status.FAIL),
    ],
)
def test_only_the_version_that_the_sdk_asks_for_will_do(installed: list[dict[str, str]], status: Status) -> None:
    found = plugins.judged("3.260.0", installed, "7.51.1", "")
    assert (found.status, "aws 7.51.1" in found.remedy) == (status, status is Status.FAIL)
    assert plugins.judged("3.260.0", installed, "7.51.1", "/usr/bin/pulumi-resource-aws").status is Status.PASS


@pytest.mark.parametrize(
    ("says", "status"),
    [
        (f'echo \'[{{"name": "aws", "kind": "resource", "version": "{WANTED}"}}]\'', Status.PASS),
        ("echo '[]'", Status.FAIL),
        ("echo no json", Status.UNKNOWN),
        ("echo broken >&2; exit 1", Status.UNKNOWN),
    ],
)
def test_the_command_is_asked(says: str, status: Status, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "pulumi"
    command.write_text(f"#!/bin/sh\n{says}\n")
    command.chmod(0o755)
    monkeypatch.setattr(engine, "command", lambda _kind: SimpleNamespace(command=str(command), version="3.260.0"))
    monkeypatch.setattr(plugins.shutil, "which", lambda _name: None)
    assert [each.status for each in plugins.findings(EngineKind.PULUMI, emulated=False)] == [status]


@pytest.mark.parametrize(("kind", "emulated"), [(EngineKind.EMBEDDED, True), (EngineKind.PULUMI, True)])
def test_a_rehearsal_brings_its_own(kind: EngineKind, *, emulated: bool) -> None:
    assert list(plugins.findings(kind, emulated=emulated)) == []
