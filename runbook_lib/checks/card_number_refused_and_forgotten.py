"""A card number sent by mistake is refused, and is nowhere afterwards."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_refusals import CardTrial


@check(requirement=("A3",), title="A card number is refused, and kept in no log, audit object or row")
def card_number_refused_and_forgotten(snapshot: Snapshot) -> Judgements:
    """The request's own log line shows that the log had arrived when it was searched."""
    trial, url = snapshot.read(CardTrial), snapshot.outputs.api_url
    yield judge(
        url,
        ok=trial.answer.status == 422,  # noqa: PLR2004 - Unprocessable
        good=f"{url} refused a payment with a card number.",
        bad=f"{url} answered {trial.answer.status} to a payment with a card number, not 422.",
        remedy="Look at stack/functions/payments/cards.py.",
    )
    yield judge(
        trial.answer.sent_correlation_id,
        ok=bool(trial.log_lines) and bool(trial.searched) and not trial.found_in and not trial.rows,
        good=f"The number is in none of {len(trial.searched)} log groups and audit objects, and in no row.",
        bad=f"The number is in {list(trial.found_in) or 'a row, or its log line never came'}; {len(trial.rows)} rows.",
        remedy="Delete it there, and find out what wrote it.",
    )
