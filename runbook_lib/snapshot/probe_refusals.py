"""The experiments that must be refused, and a search for what they must not leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.probe import AT_ONCE, Answer, AuditObject, Bench, LogLine, card_number, payment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs

OVERSIZED_BYTES = 20 * 1024
"""More than the 16 KiB the function takes (stack/functions/payments/validate.py), far less than API Gateway's 10 MB."""


@dataclass(frozen=True)
class Refusals:
    """What was answered to requests that are each wrong in one way."""

    malformed: Answer
    wrong_types: Answer
    missing_fields: Answer
    unknown_currency: Answer
    oversized: Answer
    without_key: Answer
    wrong_key: Answer
    log_lines: tuple[LogLine, ...]
    """Those that hold the correlation id of the unknown currency."""
    audit_objects: tuple[AuditObject, ...]
    """About the payment with the unknown currency."""
    left_behind: tuple[str, ...]


@dataclass(frozen=True)
class CardTrial:
    """A card number sent by mistake, and where it was found afterwards."""

    answer: Answer
    log_lines: tuple[LogLine, ...]
    """Those that hold the request's correlation id: they show that its log has arrived and was searched."""
    searched: tuple[str, ...]
    found_in: tuple[str, ...]
    """The places that hold the number."""
    rows: tuple[Mapping[str, Any], ...]
    left_behind: tuple[str, ...]


@collects(Refusals)
def refusals(aws: Aws, outputs: StackOutputs) -> Refusals:
    """Be wrong in one way at a time."""
    bench, refused = Bench(aws, outputs, at_once=AT_ONCE), payment(currency="ZZZ")
    answer = bench.api(refused)
    return Refusals(
        malformed=bench.api('{"payment_id": '),
        wrong_types=bench.api(payment(amount=12.5)),
        missing_fields=bench.api(payment(currency=None)),
        unknown_currency=answer,
        oversized=bench.api(payment(metadata={"note": "x" * OVERSIZED_BYTES})),
        without_key=bench.api(payment(), key=""),
        wrong_key=bench.api(payment(), key="no-key-of-this-api-at-all"),
        log_lines=bench.log_lines(answer.sent_correlation_id),
        audit_objects=bench.audit_objects(refused["payment_id"]),
        left_behind=bench.forget_audit(refused["payment_id"]),
    )


@collects(CardTrial)
def card_trial(aws: Aws, outputs: StackOutputs) -> CardTrial:
    """Send a card number where a careless client would, and look for it everywhere."""
    bench, number = Bench(aws, outputs, at_once=AT_ONCE), card_number()
    sent = payment(metadata={"note": f"card {number}"})
    answer = bench.api(sent)
    lines = bench.log_lines(answer.sent_correlation_id)
    groups = [name for name in outputs.log_group_names if "/aws/rds/" not in name and "flow-logs" not in name]
    found = [name for name in groups if bench.log_lines(number, group=name, wait=False)]
    objects = bench.audit_objects(sent["payment_id"])
    found += [audit.key for audit in objects if number in str(audit.body)]
    return CardTrial(
        answer=answer,
        log_lines=lines,
        searched=(*groups, *(audit.key for audit in objects)),
        found_in=tuple(found),
        rows=tuple(bench.ask_schema(action="payment", payment_id=sent["payment_id"])["rows"]),
        left_behind=bench.forget_audit(sent["payment_id"]),
    )
