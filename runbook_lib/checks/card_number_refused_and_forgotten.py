"""A card number sent by mistake is refused, and is nowhere afterwards."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge, unknown
from runbook_lib.snapshot.probe_refusals import CardTrial


@check(requirement=("A3",), title="A card number is refused, and kept in no log, audit object or row")
def card_number_refused_and_forgotten(snapshot: Snapshot) -> Judgements:
    """A log group was searched once the request's own trace was in it; where none came, finding nothing proves nothing."""
    trial, url = snapshot.read(CardTrial), snapshot.outputs.api_url
    yield judge(
        url,
        ok=trial.answer.status == 422,  # noqa: PLR2004 - Unprocessable
        good=f"{url} refused a payment with a card number.",
        bad=f"{url} answered {trial.answer.status} to a payment with a card number, not 422.",
        remedy="Look at stack/functions/payments/cards.py.",
    )
    request, clean = trial.answer.sent_correlation_id, not trial.found_in and not trial.rows
    if clean and trial.silent:
        silent = ", ".join(trial.silent)
        yield unknown(request, f"The number may be in {silent}: the request left no trace there yet.", "Verify again later.")
        return
    yield judge(
        request,
        ok=bool(trial.searched) and clean,
        good=f"The number is in no row and in none of {', '.join(trial.searched)}.",
        bad=f"The number is in {list(trial.found_in) or 'a row, or nothing was searched'}; {len(trial.rows)} rows.",
        remedy="Delete it there, and find out what wrote it.",
    )
