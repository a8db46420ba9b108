"""04_verify: does the live system do what was asked?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib import files
from runbook_lib import verify as live
from runbook_lib.outputs import StackOutputs
from runbook_lib.redaction import redact
from runbook_lib.snapshot.drift import Drift
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.step import Context, progress, step

if TYPE_CHECKING:
    from runbook_lib.parameters import VerifyParameters


@step("04_verify")
def verify(context: Context, known: VerifyParameters) -> Report:
    """Read the live system once, try its payments, hold the drills if asked to, and run every check; leaves nothing lasting."""
    outputs = StackOutputs.parse(context.run.passed("03_deploy").data["outputs"])
    progress("reading the live system")
    seen = live.verify(
        context.aws, outputs, drills=known.drills, drift=lambda: Drift.of(context.engine.drift().plan), day=context.day.judged
    )
    attempt = context.run.next_attempt("04_verify")
    junit = context.run.record("04_verify", attempt, ".junit.xml")
    files.write_once(junit, redact(live.junit(seen.findings)).encode())
    return Report(findings=seen.findings, data={**seen.data, "junit": junit.name})
