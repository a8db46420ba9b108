"""The folders of runs: which there are, and a new one for each run."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from runbook_lib import settings
from runbook_lib.errors import UsageError
from runbook_lib.results import now

if TYPE_CHECKING:
    from pathlib import Path

REHEARSALS = "rehearsal"
"""The folder under ``outputs/`` that rehearsals go to."""
FACTS = "run.json"
RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")


def every() -> list[Path]:
    """The folders of all runs, newest first: whatever is called as a run is one, also where its ``run.json`` is gone."""
    found = [path for path in settings.outputs().glob("*/*") if RUN_ID.fullmatch(path.name) or (path / FACTS).exists()]
    return sorted((path for path in found if path.is_dir()), key=lambda path: path.name, reverse=True)


def find(run_id: str) -> Path:
    """The folder of the run of that id, in whichever environment.

    Raises:
        UsageError: There is none.
    """
    # Compared, not searched for by pattern: an id comes from the command line.
    for directory in every():
        if directory.name == run_id:
            return directory
    raise UsageError(f"There is no run {run_id!r} under {settings.outputs()}.", remedy="runbook status lists them.")


def claim(parent: Path) -> tuple[str, Path]:
    """A new run's id, and its folder: making it claims the id, so a clock that steps back gives none twice."""
    while True:
        run_id = f"{now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        try:
            settings.make(parent / run_id, exist_ok=False)
        except FileExistsError:
            continue
        return run_id, parent / run_id
