"""A teardown leaves nothing: no resource in the emulated AWS, then no process on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.conftest import of_this_rehearsal
from e2e.kept import rehearsal

from runbook_lib import runner
from runbook_lib.results import Status
from runbook_lib.tagged import configured_tags

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_teardown_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step first, to look at what it leaves; then the command, which also ends the world."""
    with rehearsal(tmp_path / "outputs") as kept:
        assert all(kept.inventory().values())
        with kept.inside(monkeypatch):
            execution = runner.execute(kept.run, "91_teardown", {"confirm": "staging"})
        assert execution.status is Status.PASS, execution.error
        assert {service: found for service, found in kept.inventory().items() if found} == {}
        assert execution.result
        # What the next teardown goes by, the state being empty.
        assert {"ManagedBy": "pulumi", **configured_tags("staging")} == execution.result.data["tags"]
        code, printed = kept.runbook("teardown")
        assert code == 0, printed
        assert list(kept.run.ledger.events())[-1]["event"] == "run.finished"
        assert of_this_rehearsal(kept.runbook) == []
