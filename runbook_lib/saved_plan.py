"""Pulumi's own plan, kept beside ours: 02 saves it as a record of its attempt, 03 has the update held to it.

Pulumi's is no substitute for ours: it accepts whatever it did not know, it binds neither state nor configuration, and it refuses
a resource only when it comes to it. Ours is compared before anything is touched.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from runbook_lib import files
from runbook_lib.errors import NoPlansError, RecordError
from runbook_lib.filing import UPDATE_PLAN
from runbook_lib.redaction import swept

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.engine import Engine
    from runbook_lib.engine_events import Outcome
    from runbook_lib.run import Run

STEP = "02_plan"
IN_CLEAR = "a secret stood in it in clear"
REFUSED = "a policy pack refused the plan"


def preview(run: Run, engine: Engine) -> tuple[Outcome, dict[str, Any]]:
    """Preview, and keep the plan that Pulumi saves as a record of the attempt at work.

    Returns:
        The preview, and what 02 puts on record of the saved plan: its ``file`` and ``sha256``, or ``why_not``.
    """
    path = run.working / f"{STEP}{UPDATE_PLAN}"
    path.unlink(missing_ok=True)
    try:
        outcome = engine.preview(save=path)
    except NoPlansError as error:
        return engine.preview(), {"why_not": error.message}
    if any(each.binding for each in outcome.violations):
        path.unlink(missing_ok=True)
        return outcome, {"why_not": REFUSED}
    content = path.read_bytes()
    path.unlink()
    if swept(content)[1]:  # the gates say whose; a plan with a part withheld would be another one
        return outcome, {"why_not": IN_CLEAR}
    record = run.record(STEP, run.next_attempt(STEP), UPDATE_PLAN)
    files.write_once(record, content)
    return outcome, {"file": record.name, "sha256": hashlib.sha256(content).hexdigest()}


def agreed(run: Run, told: dict[str, Any]) -> Path | None:
    """The plan that 02 saved, as its record tells; ``None`` where it saved none.

    Raises:
        RecordError: Another file lies in its place, or none.
    """
    if "sha256" not in told:
        return None
    path = run.directory / str(told["file"])
    found = hashlib.sha256(files.load_record(path, bytes)).hexdigest()
    if found != told["sha256"]:
        raise RecordError(
            f"{path} is not the plan that {STEP} saved: its SHA-256 is {found}, on record is {told['sha256']}.",
            remedy="Nothing was applied. Find the file that was recorded, or run 02_plan again.",
        )
    return path
