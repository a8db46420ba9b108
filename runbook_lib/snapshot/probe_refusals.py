"""The experiments that must be refused, and a search for what they must not leave behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.experiment import Trial, experiment
from runbook_lib.snapshot.probe import Answer, AuditObject, Bench, LogLine, card_number, payment

if TYPE_CHECKING:
    from collections.abc import Mapping

OVERSIZED_BYTES = 20 * 1024
"""More than the 16 KiB the function takes (stack/functions/payments/validate.py), far less than API Gateway's 10 MB."""


@dataclass(frozen=True)
class Refusals(Trial):
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


@dataclass(frozen=True)
class CardTrial(Trial):
    """A card number sent by mistake, and where it was found afterwards."""

    answer: Answer
    searched: tuple[str, ...]
    """The log groups that were searched once they held the request's own trace, and its audit objects."""
    silent: tuple[str, ...]
    """The log groups that should hold the request's trace and did not in time: finding nothing there proves nothing."""
    found_in: tuple[str, ...]
    """The places that hold the number, whether or not anything was expected there."""
    rows: tuple[Mapping[str, Any], ...]


@collects(Refusals)
@experiment
def refusals(bench: Bench) -> Refusals:
    """Be wrong in one way at a time."""
    refused = payment(currency="ZZZ")
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
    )


@collects(CardTrial)
@experiment
def card_trial(bench: Bench) -> CardTrial:
    """Send a card number where a careless client would, and look for it everywhere."""
    number = card_number()
    sent = payment(metadata={"note": f"card {number}"})
    answer = bench.api(sent)
    traces = _traces(bench, answer)

    def arrived(group: str) -> bool:
        return all(traces[group]) and bool(bench.log_lines(*traces[group], group=group))

    with ThreadPoolExecutor(len(traces)) as pool:
        told = [group for group, came in zip(traces, pool.map(arrived, traces), strict=True) if came]
    places = [name for name in bench.outputs.log_group_names if "flow-logs" not in name]  # those hold addresses only
    found = [name for name in places if bench.log_lines(number, group=name, wait=False)]
    objects = bench.audit_objects(sent["payment_id"])
    return CardTrial(
        answer=answer,
        searched=(*told, *(audit.key for audit in objects)),
        silent=tuple(group for group in traces if group not in told),
        found_in=(*found, *(audit.key for audit in objects if number in str(audit.body))),
        rows=tuple(bench.ask_schema(action="payment", payment_id=sent["payment_id"])["rows"]),
    )


def _traces(bench: Bench, answer: Answer) -> dict[str, tuple[str, ...]]:
    """Log group → what the last of its lines about this request holds: with that, all of them have arrived.

    A request that is refused leaves no trace in the other groups (the schema function's, the database's), by design.
    """
    outputs = bench.outputs
    traces: dict[str, tuple[str, ...]] = {f"/aws/lambda/{outputs.payments_function_name}": (answer.sent_correlation_id,)}
    if bench.aws.target.emulated:  # the emulator writes neither of the API's logs
        return traces
    execution = f"API-Gateway-Execution-Logs_{outputs.api_id}/{outputs.api_stage_name}"
    stage = bench.aws.client("apigateway").get_stage(restApiId=outputs.api_id, stageName=outputs.api_stage_name)
    access = stage.get("accessLogSettings", {}).get("destinationArn", "").partition(":log-group:")[2].removesuffix(":*")
    traces[execution] = (answer.request_id, "Method completed with status")
    return traces | ({access: (answer.request_id,)} if access else {})
