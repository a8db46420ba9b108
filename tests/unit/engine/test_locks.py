"""Who holds a lock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

from runbook_lib.rehearsal.engine import locks

if TYPE_CHECKING:
    import pytest


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """``docker run --user 12345``: every deployment of such a user's failed at its first lock."""

    def nobody(_: int) -> NoReturn:
        raise KeyError

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nobody)
    assert locks.user() == str(os.getuid())
    monkeypatch.setenv("USER", "someone")
    assert locks.user() == "someone"
