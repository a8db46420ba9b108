"""Experiments that went as they should."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from unit.checks.healthy_outputs import KEY, OUTPUTS

from runbook_lib.snapshot.drift import Drift
from runbook_lib.snapshot.drill import Outage
from runbook_lib.snapshot.drill_limits import AlarmTrial, ThrottleTrial
from runbook_lib.snapshot.drill_outages import AuditStoreOutage, DatabaseOutage, SecretOutage
from runbook_lib.snapshot.probe import Answer, AuditObject, LogLine
from runbook_lib.snapshot.probe_payment import BalancerTrial, PaymentTrial
from runbook_lib.snapshot.probe_refusals import CardTrial, Refusals
from runbook_lib.snapshot.probe_schema import Cleanup, Schema

Kind = TypeVar("Kind", bound=Outage)
PAYMENT_ID = "0b8f4c1e-5d57-4f0e-9a53-3f3f0e2b9a11"


def answer(status: int, **body: Any) -> Answer:
    """An answer that gives back the correlation id it was sent with."""
    refused = status >= 400
    return Answer(
        status=status,
        content_type="application/problem+json" if refused else "application/json",
        body={"title": "refused", "correlation_id": "correlation-1"} if refused else {"payment_id": PAYMENT_ID, **body},
        correlation_id="correlation-1",
        sent_correlation_id="correlation-1",
        seconds=0.1,
    )


def audit(decision: str, name: str) -> AuditObject:
    """An audit object about the test payment."""
    body = {"decision": decision, "payment_id": PAYMENT_ID, "correlation_id": "correlation-1"}
    return AuditObject(key=f"audit/{PAYMENT_ID}/{name}.json", body=body, kms_key=KEY["audit"])


LINE = LogLine(fields={"payment_id": PAYMENT_ID, "correlation_id": "correlation-1"})
PAYMENT = PaymentTrial(
    payment_id=PAYMENT_ID,
    accepted=answer(201),
    repeated=answer(200),
    conflicting=answer(409),
    raced=(answer(200), answer(201), answer(200), answer(200)),
    rows=({"status": "accepted", "correlation_id": "correlation-1", "fingerprint": "f"},),
    audit_objects=(audit("accepted", "accepted"), audit("refused", "refused-conflict")),
    raced_audit_keys=("audit/2/accepted.json",),
    log_lines=(LINE,),
    left_behind=(),
)
BALANCER = BalancerTrial(
    accepted=answer(201), malformed=answer(400), unknown_path=answer(404), health=answer(200), left_behind=()
)
REFUSALS = Refusals(
    malformed=answer(400),
    wrong_types=answer(400),
    missing_fields=answer(400),
    unknown_currency=answer(422),
    oversized=answer(413),
    without_key=answer(403),
    wrong_key=answer(403),
    log_lines=(LINE,),
    audit_objects=(audit("refused", "refused-unknown_currency"),),
    left_behind=(),
)
CARD = CardTrial(
    answer=answer(422),
    searched=(OUTPUTS.log_group_names[0], f"audit/{PAYMENT_ID}/refused.json"),
    silent=(),
    found_in=(),
    rows=(),
    left_behind=(),
)
SCHEMA = Schema(version=2, newest=2, applied_again=())
CLEANUP = Cleanup(removed=3)


def survived(kind: type[Kind], resource: str, event: str, metric: str) -> Kind:
    """A payment refused while something was away, and accepted when it was back."""
    return kind(
        resource=resource,
        payment_id=PAYMENT_ID,
        refused=replace(answer(503), retry_after="5"),
        completed=answer(201),
        log_lines=(LogLine(fields={"message": event, "correlation_id": "correlation-1"}),),
        metrics=(metric,),
        rows=({"status": "accepted", "correlation_id": "correlation-1"},),
        audit_objects=(audit("accepted", "accepted"),),
        restored=True,
        left_behind=(),
    )


AUDIT_STORE_OUTAGE = survived(AuditStoreOutage, OUTPUTS.audit_bucket_name, "audit_store_unavailable", "AuditStoreUnavailable")
DATABASE_OUTAGE = survived(DatabaseOutage, OUTPUTS.rds_identifier, "database_unavailable", "DatabaseUnavailable")
SECRET_OUTAGE = survived(SecretOutage, OUTPUTS.master_secret_arn, "secret_unreadable", "SecretUnreadable")
THROTTLE = ThrottleTrial(answers=(answer(400), replace(answer(429), retry_after="5")))
ALARM = AlarmTrial(
    alarm=OUTPUTS.alarm_names[0],
    state_after="OK",
    received={"AlarmName": OUTPUTS.alarm_names[0], "NewStateValue": "ALARM"},
)
DRIFT = Drift(resources=168, changed={})
