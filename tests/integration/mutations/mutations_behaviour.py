"""Functions that do something else: each row swaps one line of the deployed package and tries payments again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from integration.mutations.live import Live, Mutation, rewritten

from runbook_lib.snapshot.probe import RACERS, payment
from runbook_lib.snapshot.probe_payment import BalancerTrial, PaymentTrial
from runbook_lib.snapshot.probe_refusals import CardTrial, Refusals
from runbook_lib.snapshot.probe_schema import Cleanup

if TYPE_CHECKING:
    from collections.abc import Callable


def payments(path: str, old: str, new: str) -> Callable[[Live], Callable[[], object]]:
    """Rewrite a line of the payments function."""
    return lambda live: rewritten(live, live.outputs.payments_function_name, path, old, new)


HANDLER, PROCESS, STORE, AUDIT = (f"payments/{name}.py" for name in ("handler", "process", "store", "audit"))
RAN = "        return bool(self._database.run(_ACCEPT, payment_id=payment_id))"


def warmed(live: Live, environments: int) -> None:
    """Have as many execution environments that have started and are connected to the database."""
    bench, sent = live.bench(), [payment() for _ in range(environments)]
    assert bench.key  # asked for once, before several do so at the same time
    with ThreadPoolExecutor(environments) as pool:
        assert [answer.status for answer in pool.map(bench.api, sent)] == [201] * environments
    assert bench.forget_audit(*(each["payment_id"] for each in sent)) == ()


def everybody_first(live: Live) -> Callable[[], object]:
    """Every request that finds a payment pending takes itself for the one that completes it."""
    slowly = f'        __import__("time").sleep(1)\n{RAN} or True'
    mend = payments(STORE, RAN, slowly)(live)
    warmed(live, RACERS)  # racers can meet only in environments that have started
    return mend


ROWS = (
    Mutation(
        "payment_accepted", (PaymentTrial,),
        payments(HANDLER, "http.success(status, accepted.body, ", 'http.success(status, {**accepted.body, "payment_id": "?"}, '),
        "answered 201 to a valid payment",
    ),
    Mutation(
        "payment_repeated_same_answer", (PaymentTrial,),
        payments(PROCESS, "row.recorded_at.isoformat(),", 'str(__import__("time").time()),'), "with another body",
    ),
    Mutation(
        "payment_conflict_refused", (PaymentTrial,),
        payments(PROCESS, "if row.fingerprint != payment.fingerprint:", "if False:"), "with another amount, not 409",
    ),
    Mutation(
        "payment_race_accepted_once", (PaymentTrial,),
everybody_first, "Requests at once were answered [20",
    ),
    Mutation(
        "payment_has_one_row", (PaymentTrial,),
        payments(STORE, RAN, "        return True"), "has rows [('pending'",
        also={
            "payment_repeated_same_answer": "the repeat finds a pending row, and answers 201 once more",
            "payment_race_accepted_once": "each request finds a pending row, and answers 201",
        },
    ),
    Mutation(
        "payment_has_one_audit_object", (PaymentTrial,),
        payments(AUDIT, "payment.payment_id, row.correlation_id)", 'payment.payment_id, "lost")'),
        "has audit objects ['audit/",
    ),
    Mutation(
        "payment_has_log_line", (PaymentTrial,),
        payments(HANDLER, '"payment_id": accepted.body["payment_id"], "status"', '"status"'), "has 0 log lines",
    ),
    Mutation(
        "unacceptable_payment_refused", (Refusals,),
        payments("payments/validate.py", "DECIMAL_PLACES.get(currency)", "DECIMAL_PLACES.get(currency, 2)"),
        "answered an unknown currency with 201",
    ),
    Mutation(
        "card_number_refused_and_forgotten", (CardTrial,),
        payments(HANDLER, "accepted = _processor()", 'logger.info(request.body() or ""); accepted = _processor()'),
        "The number is in ['/aws/lambda/",
    ),
    Mutation(
        "trial_payments_removed", (PaymentTrial, BalancerTrial, Cleanup),
        lambda live: rewritten(
            live, live.outputs.schema_function_name, "schema/inspection.py", "merchant_id = :merchant RETURNING",
            "merchant_id = :merchant AND false RETURNING",
        ),
        "0 rows of test payments were removed; 3 payments were accepted",
    ),
)  # fmt: skip
