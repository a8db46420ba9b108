"""Ways in which drills can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from unit.checks import healthy_trials as trials
from unit.checks.breakage import Breakage, breaks
from unit.checks.healthy import broken

from runbook_lib.snapshot.drill import Outage
from runbook_lib.snapshot.probe import LogLine

OUTAGES = {
    "audit_store_outage_survived": trials.AUDIT_STORE_OUTAGE,
    "database_outage_survived": trials.DATABASE_OUTAGE,
    "secret_outage_survived": trials.SECRET_OUTAGE,
}


def _refused(outage: Outage, **changes: Any) -> dict[str, Any]:
    return {"refused": replace(outage.refused, **changes)}


def _outages() -> Iterator[Breakage]:
    for check, outage in OUTAGES.items():
        row, audit = outage.rows[0], outage.audit_objects[0]
        ways: dict[str, dict[str, Any]] = {
            "accepted without it": {"refused": trials.answer(201)},
            "an unhandled error": _refused(outage, status=502, body={"message": "Internal server error"}),
            "no Retry-After": _refused(outage, retry_after=""),
            "no problem document": _refused(outage, content_type="text/html"),
            "another correlation id": _refused(outage, correlation_id="other"),
            "no log line": {"log_lines": ()},
            "another event": {"log_lines": (LogLine({"message": "unexpected_error", "correlation_id": "correlation-1"}),)},
            "no metric": {"metrics": ()},
            "never accepted": {"completed": trials.answer(503)},
            "lost": {"completed": trials.answer(201), "rows": ()},
            "two rows": {"rows": (row, row)},
            "a row that stays pending": {"rows": ({**row, "status": "pending"},)},
            "no audit object": {"audit_objects": ()},
            "two audit objects": {"audit_objects": (audit, audit)},
            "an audit object of another request": {"audit_objects": (replace(audit, body={"correlation_id": "other"}),)},
            "not mended": {"restored": False},
            "objects that stay": {"left_behind": ("audit/1: AccessDenied",)},
        }
        for what, changes in ways.items():
            yield breaks(f"{check}: {what}", broken(outage, **changes), check)


REFUSED = trials.THROTTLE.answers[1]
BURST, ALARM, DRIFT = "api_answers_bursts_with_429", "alarms_reach_subscribers", "stack_has_no_drift"
ROWS = (
    *_outages(),
    breaks("no throttle", broken(trials.THROTTLE, answers=(trials.answer(400),) * 2), BURST),
    breaks("everything throttled", broken(trials.THROTTLE, answers=(REFUSED,) * 2), BURST),
    breaks("a key that never worked", broken(trials.THROTTLE, answers=(trials.answer(403),) * 2), BURST),
    breaks("429 without Retry-After", broken(trials.THROTTLE, answers=(trials.answer(400), trials.answer(429))), BURST),
    breaks(
        "429 without problem document",
        broken(trials.THROTTLE, answers=(trials.answer(400), replace(REFUSED, content_type="text/html"))), BURST,
    ),
    breaks("an alarm nobody hears", broken(trials.ALARM, received={}), ALARM),
    breaks("another alarm heard", broken(trials.ALARM, received={"AlarmName": "other", "NewStateValue": "ALARM"}), ALARM),
    breaks("an alarm left on", broken(trials.ALARM, state_after="ALARM"), ALARM),
    breaks("a changed resource", broken(trials.DRIFT, changed={"update aws:s3/bucket:Bucket audit": ("tags",)}), DRIFT),
    breaks("a deleted resource", broken(trials.DRIFT, changed={"delete aws:s3/bucket:Bucket audit": ()}), DRIFT),
    breaks("a comparison of nothing", broken(trials.DRIFT, resources=0), DRIFT),
)  # fmt: skip
