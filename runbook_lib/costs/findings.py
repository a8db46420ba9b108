"""What the cost check has to say: within budget, complete, and by fresh prices."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.model import Estimate, Kind, cents, dollars
from runbook_lib.costs.price_list import refresh_command
from runbook_lib.costs.prices import STALE_AFTER_DAYS
from runbook_lib.costs.show import places
from runbook_lib.errors import UsageError
from runbook_lib.results import Finding, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from runbook_lib.costs.model import Line, Unpriced

_SHOWN = 5
_ALL = 100


def findings(
    estimate: Estimate, *, budget: Decimal, strict: bool = False, unconfirmed_limit: Decimal = Decimal(1)
) -> tuple[Finding, ...]:
    """Judge an estimate.

    Args:
        estimate: What was estimated.
        budget: US dollars a month.
        strict: Whether a price older than 90 days fails the check instead of being mentioned.
        unconfirmed_limit: The share of the total, 0 to 1, that may rest on prices which one source alone names.
    """
    return (
        *affordable(estimate, budget=budget),
        price_list_fresh(estimate, strict=strict),
        prices_confirmed(estimate, limit=unconfirmed_limit),
    )


def affordable(estimate: Estimate, *, budget: Decimal) -> tuple[Finding, ...]:
    """Judge what is only planned: whether it fits, and whether all of it is priced.

    Args:
        estimate: What was estimated.
        budget: US dollars a month.
    """
    return (cost_within_budget(estimate, budget), cost_complete(estimate))


def cost_within_budget(estimate: Estimate, budget: Decimal) -> Finding:
    """The fixed part always has to fit; with usage assumptions the expected total has to fit as well.

    What is not priced could still break the budget, so an incomplete estimate that fits is UNKNOWN.
    """
    what = "fixed cost and expected usage" if estimate.assumed else "fixed cost"
    left, spread = budget - cents(estimate.total), estimate.usage
    band = (
        f" (with usage from {dollars(estimate.fixed + spread.low)} to {dollars(estimate.fixed + spread.high)})" if spread else ""
    )
    used = [line for line in estimate.lines if line.kind is Kind.USAGE]
    open_ = sorted({line.driver for line in used} - {line.driver for line in used if line.monthly is not None})
    if estimate.assumed and open_:
        band += f"; nothing is assumed of {len(open_)} of {len({line.driver for line in used})} drivers of use ({_some(open_)})"
    message = f"{_stack(estimate)}: {what} {dollars(estimate.total)} a month{band} on {estimate.today}, budget {dollars(budget)}"
    if left < 0:
        status, message = Status.FAIL, f"{message}: {dollars(-left)} over."
    elif not estimate.complete:
        status, message = Status.UNKNOWN, f"{message}; {len(estimate.unpriced)} charges are not priced."
    else:
        status, message = Status.PASS, f"{message}: {dollars(left)} left."
    return _finding("cost_within_budget", status, estimate, message, "Raise the budget or make the stack smaller.")


def near_budget(estimate: Estimate, *, budget: Decimal, share: Decimal) -> tuple[str, ...]:
    """What fits and is close to not fitting, as a sentence; no verdict.

    Args:
        estimate: What was estimated.
        budget: US dollars a month.
        share: The share of the budget, 0 to 1, from which on it is said.
    """
    total, spread = cents(estimate.total), estimate.usage
    if budget * share <= total <= budget:
        percent = (total / budget * 100).quantize(Decimal(1))
        return (f"{_stack(estimate)}: {dollars(total)} a month is {percent} % of the budget of {dollars(budget)}.",)
    if spread and total <= budget < cents(estimate.fixed + spread.high):
        high = dollars(estimate.fixed + spread.high)
        return (f"{_stack(estimate)}: usage at its high assumption makes {high} a month, budget {dollars(budget)}.",)
    return ()


def dated_ahead(estimate: Estimate, today: date) -> None:
    """Refuse prices of a day that has not come: they would count as new for as long as that takes.

    Args:
        estimate: What was estimated.
        today: Today's date (``days.Day.today``), whatever day is judged for.

    Raises:
        UsageError: There is one.
    """
    ahead = next((line for line in estimate.lines if line.as_of and line.as_of > today + timedelta(days=1)), None)
    if ahead:
        lists = ", ".join(file.name for file in estimate.price_lists)
        raise UsageError(
            f"{lists}: {ahead.key} is a price of {ahead.as_of}, which has not come.",
            remedy=f"Look at this machine's clock, or write the list anew: {refresh_command(ahead.region)}.",
        )


def unmet(estimate: Estimate) -> tuple[str, ...]:
    """What is assumed and meets nothing, as sentences; no verdict: another run of the same environment may have it."""
    return tuple(f"usage: assumes {said}, and nothing here is charged for it." for said in estimate.unmet)


def cost_complete(estimate: Estimate) -> Finding:
    """Nothing may be left without a price, and something has to have been looked at."""
    looked_at = len(estimate.lines) + len(estimate.free) + len(estimate.unpriced)
    if not looked_at:
        status, message = Status.FAIL, "holds no AWS resource: there is nothing to price."
    elif estimate.unpriced:
        status, message = Status.UNKNOWN, f"{len(estimate.unpriced)} charges are not priced: {_reasons(estimate.unpriced)}."
    else:
        status, message = Status.PASS, f"{len(estimate.lines)} lines priced, {len(estimate.free)} resources free."
    commands = sorted({x.remedy for x in estimate.unpriced if x.remedy})
    remedies = [f"{' and '.join(commands)}, for the missing prices."] if commands else []
    if not commands or any(not x.remedy for x in estimate.unpriced):
        remedies.append("Add a rule to runbook_lib/costs/rules for what has none.")
    return _finding("cost_complete", status, estimate, f"{_stack(estimate)}: {message}", " ".join(remedies))


def price_list_fresh(estimate: Estimate, *, strict: bool) -> Finding:
    """Old prices are named, with what rests on them; they fail the check only when it is strict. No prices at all is UNKNOWN."""
    used = {line.key for line in estimate.lines}
    on = f" on {estimate.today}"
    stale = estimate.stale(after_days=STALE_AFTER_DAYS)
    old = _keys(stale)
    if not used:
        status, message = Status.UNKNOWN, "no price was used."
    elif old:
        status = Status.FAIL if strict else Status.PASS
        message = (
            f"{len(old)} of {len(used)} prices are older than {STALE_AFTER_DAYS} days or undated{on}: {_some(old)}. "
            f"{percent(estimate.share(stale))} of this total rests on them."
        )
    else:
        status, message = Status.PASS, f"all {len(used)} prices are at most {STALE_AFTER_DAYS} days old{on}."
    return _finding("price_list_fresh", status, estimate, f"{_stack(estimate)}: {message}", f"{_renewal(estimate)}.")


def prices_confirmed(estimate: Estimate, *, limit: Decimal) -> Finding:
    """Prices that one source alone names are named, with what rests on them; over the limit they fail the check."""
    used = {line.key for line in estimate.lines}
    single = [line for line in estimate.lines if not line.confirmed]
    names, share = _keys(single), estimate.share(single)
    if not used:
        status, message = Status.UNKNOWN, "no price was used."
    elif single:
        status = Status.FAIL if share > limit else Status.PASS
        rests = "one unconfirmed price" if len(names) == 1 else f"{len(names)} unconfirmed prices"
        at_most = f", {percent(limit)} may" if limit < 1 else ""
        message = f"{percent(share)} of this total rests on {rests}{at_most}: {_some(names)}."
    else:
        status, message = Status.PASS, f"all {len(used)} prices are AWS's own or have a second source."
    return _finding("prices_confirmed", status, estimate, f"{_stack(estimate)}: {message}", f"{_renewal(estimate)}.")


def percent(share: Decimal) -> str:
    """A share in whole percent, e.g. ``41 %``; what is not nothing is never shown as nothing, nor what is not all as all."""
    shown = (share * 100).quantize(Decimal(1))
    if share and not shown:
        return "less than 1 %"
    return "more than 99 %" if share < 1 and shown == _ALL else f"{shown} %"


def _keys(lines: Sequence[Line]) -> list[str]:
    return sorted({line.key for line in lines})


def _renewal(estimate: Estimate) -> str:
    return "Ask AWS itself: " + " and ".join(refresh_command(region) for region in estimate.regions)


def warnings(judged: Estimate, on_today: Estimate, *, budget: Decimal) -> tuple[str, ...]:
    """What the same stack costs on today's date, and how old its prices are, where that differs; no verdicts.

    Args:
        judged: The estimate that verdicts are for.
        on_today: The same for today's date.
        budget: US dollars a month.
    """
    found = []
    if cents(on_today.total) != cents(judged.total):
        change = cents(on_today.total) - cents(judged.total)
        over = budget - cents(on_today.total)
        found.append(
            f"the stack costs {dollars(on_today.total)} a month, {dollars(abs(change))} {'more' if change > 0 else 'less'}"
            + (f" and {dollars(-over)} over budget." if over < 0 else ".")
        )
    fresh = price_list_fresh(on_today, strict=False).message
    if fresh != price_list_fresh(judged, strict=False).message and judged.today != on_today.today:
        found.append(fresh)
    return tuple(f"On today's date, {on_today.today}, which no verdict here is for: {said}" for said in found)


def _finding(check: str, status: Status, estimate: Estimate, message: str, remedy: str) -> Finding:
    # Cost is a step of its own, not a row of the stack's requirements.
    return finding(check, (), status=status, resource=_stack(estimate), message=message, remedy=remedy)


def finding(check: str, requirement: tuple[str, ...], *, status: Status, resource: str, message: str, remedy: str) -> Finding:
    """A finding that names its remedy only where there is something to mend."""
    return Finding(
        check=check,
        requirement=requirement,
        status=status,
        resource=resource,
        message=message,
        remedy="" if status is Status.PASS else remedy,
    )


def _stack(estimate: Estimate) -> str:
    return f"stack in {places(estimate)}"


def _reasons(unpriced: Sequence[Unpriced]) -> str:
    """Each reason once, with what it is the reason of; what is charged because it exists comes first."""
    found: dict[str, list[str]] = {}
    for each in sorted(unpriced, key=lambda x: x.used):
        found.setdefault(each.reason, []).append(f"{each.name}, {each.what}")
    shown = []
    for reason, charges in found.items():
        more = f" and {len(charges) - 1} more" if charges[1:] else ""
        shown.append(f"{reason} ({charges[0]}{more})")
    return _some(shown, between="; ")


def _some(names: Sequence[str], *, between: str = ", ") -> str:
    more = len(names) - _SHOWN
    return between.join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
