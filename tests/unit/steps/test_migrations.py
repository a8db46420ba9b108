"""The schema that 03 asks for is the newest that the checkout holds."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from runbook_lib import settings

if TYPE_CHECKING:
    from pathlib import Path

deploying = import_module("runbook_lib.steps.deploy")  # the package calls its function by the same name


@pytest.mark.parametrize(
    ("names", "newest"),
    [
        ((), 0),
        (("001_payments.sql",), 1),
        (("001_payments.sql", "002_application_role.sql", "010_refunds.sql", "notes.md"), 10),
        (("9_early.sql", "10_late.sql"), 10),  # by number, not by letter
    ],
)
def test_the_newest_migration_is_the_one_with_the_highest_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], newest: int
) -> None:
    folder = tmp_path / "stack/functions/schema/migrations"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()
    monkeypatch.setattr(settings, "home", lambda: tmp_path)
    assert deploying.newest_migration() == newest
