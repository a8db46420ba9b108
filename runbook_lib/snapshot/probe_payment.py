"""The experiment on one payment: accepted, repeated, contradicted, raced; and every trace it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.experiment import Trial, experiment
from runbook_lib.snapshot.probe import Answer, AuditObject, Bench, LogLine, payment

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class PaymentTrial(Trial):
    """One test payment through the API, and one through the load balancer."""

    payment_id: str
    accepted: Answer
    repeated: Answer
    conflicting: Answer
    """The same id with another amount."""
    raced: tuple[Answer, ...]
    """A second payment, sent several times at once."""
    rows: tuple[Mapping[str, Any], ...]
    """The payment's rows in the database, as the schema function tells: status, correlation id, fingerprint."""
    audit_objects: tuple[AuditObject, ...]
    raced_audit_keys: tuple[str, ...]
    log_lines: tuple[LogLine, ...]
    """Those that hold the accepted payment's correlation id."""


@dataclass(frozen=True)
class BalancerTrial(Trial):
    """The same service through the load balancer."""

    accepted: Answer
    malformed: Answer
    unknown_path: Answer
    health: Answer


@collects(PaymentTrial)
@experiment
def payment_trial(bench: Bench) -> PaymentTrial:
    """Pay once, in every way that must count once."""
    first, second = payment(), payment()
    payment_id = first["payment_id"]
    accepted = bench.api(first)
    repeated = bench.api(first)
    conflicting = bench.api({**first, "amount": "99.00"})
    return PaymentTrial(
        payment_id=payment_id,
        accepted=accepted,
        repeated=repeated,
        conflicting=conflicting,
        raced=bench.race(second),
        rows=tuple(bench.ask_schema(action="payment", payment_id=payment_id)["rows"]),
        audit_objects=bench.audit_objects(payment_id),
        raced_audit_keys=tuple(found.key for found in bench.audit_objects(second["payment_id"])),
        log_lines=bench.log_lines(accepted.sent_correlation_id),
    )


@collects(BalancerTrial)
@experiment
def balancer_trial(bench: Bench) -> BalancerTrial:
    """Ask the load balancer what the API was asked, and for its health."""
    return BalancerTrial(
        accepted=bench.balancer("POST", "/payments", payment()),
        malformed=bench.balancer("POST", "/payments", "{"),
        unknown_path=bench.balancer("GET", "/admin"),
        health=bench.balancer("GET", "/health"),
    )
