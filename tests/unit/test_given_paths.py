"""A relative path in a variable means the same to whatever is started, wherever that works."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from runbook_lib import cli, given_paths, kept, settings
from runbook_lib.costs import prices
from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_paths_that_were_given_are_absolute_for_whatever_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told: dict[str, str] = {}
    for name in given_paths.VARIABLES:
        monkeypatch.setenv(name, "some/where")
    monkeypatch.setattr(cli, "app", lambda **_: told.update(os.environ))
    with pytest.raises(SystemExit):
        cli.main()
    assert {told[name] for name in given_paths.VARIABLES} == {f"{tmp_path}/some/where"}


def test_one_that_leads_nowhere_is_told_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(kept.VARIABLE, "elsewhere/world.json")
    with pytest.raises(UsageError, match=f"names the rehearsal {tmp_path}/elsewhere, which is gone"):
        kept.asked_for(by_parameter=False)


def test_the_variables_are_those_that_are_read() -> None:
    named = {kept.VARIABLE, settings.HOME_VARIABLE, settings.OUTPUTS_VARIABLE, prices.FOLDER_VARIABLE}
    assert named == set(given_paths.VARIABLES)
