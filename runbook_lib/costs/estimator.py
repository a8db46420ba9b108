"""From resources to an estimate: every AWS resource is priced, known to be free, or named as not priced."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from runbook_lib.costs import prices
from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import Estimate, Free, FreeTier, Kind, Line, PlannedResource, Range, Unpriced
from runbook_lib.costs.rules import RULES
from runbook_lib.costs.usage import UsageAssumptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runbook_lib.costs.prices import Price, PriceList

_GONE = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace"})
_FOREIGN = frozenset({"read", "read-replacement"})  # looked up, owned and paid by another stack
_AWS = frozenset({"aws", "aws-native"})
_FUNCTION = "aws:lambda/function:Function"
_DEFAULT_FUNCTION_MB = Decimal(128)


def estimate(
    resources: Sequence[PlannedResource],
    *,
    region: str,
    today: date,
    usage: UsageAssumptions | None = None,
) -> Estimate:
    """Price what a plan leaves standing, or what a deployed stack holds.

    Args:
        resources: A plan's operations, or a stack state's resources; the deleted are left out, and a URN counts once.
        region: The AWS region; only regions with a shipped price list have prices.
        today: The day that support dates and the ages of prices are counted to (``days.Day.judged``).
        usage: Assumptions for the usage lines; without them those show their rate only.

    Returns:
        The estimate, in which no AWS resource is left out.
    """
    standing = {r.urn: r for r in resources if r.op not in _GONE | _FOREIGN}
    ours = [r for r in standing.values() if _is_aws(r)]
    ledger = _Ledger(prices.load(region), (usage or UsageAssumptions()).quantities(memory_mb=_memory(ours, today)))
    for resource in ours:
        ledger.enter(resource, today)
    lines = (*ledger.lines, *ledger.usage_lines())
    return Estimate(
        region=region,
        today=today,
        lines=lines,
        free=tuple(ledger.free),
        unpriced=tuple(ledger.unpriced),
        outside=dict(sorted(Counter(r.type for r in standing.values() if not _is_aws(r)).items())),
        free_tiers=tuple(tier for tier in free_tiers() if tier.key in {line.key for line in lines}),
        assumed=usage is not None,
    )


@dataclass
class _Ledger:
    """Collects what the rules say about one resource after the other."""

    prices: PriceList
    quantities: dict[str, Range]
    lines: list[Line] = field(default_factory=list)
    free: list[Free] = field(default_factory=list)
    unpriced: list[Unpriced] = field(default_factory=list)
    shared: dict[Usage, list[PlannedResource]] = field(default_factory=dict)

    def enter(self, resource: PlannedResource, today: date) -> None:
        rule = RULES.get(resource.type)
        items = tuple(rule(Inputs(resource.inputs, today))) if rule else ()
        for item in items:
            self._enter_item(resource, item)
        if items:
            return
        if resource.type in free_types():
            reason, source = free_types()[resource.type]
            self._mark_free(resource, reason, source)
        else:
            self._leave_open(resource, "the whole resource", "no price rule for this type")

    def _enter_item(self, resource: PlannedResource, item: Item) -> None:
        if isinstance(item, Gap):
            self._leave_open(resource, item.what, item.reason)
            return
        rate = self.prices.rate(item.key)
        if rate is None:
            self._leave_open(resource, item.what, self.prices.why_missing(item.key))
        elif rate.usd == 0:
            self._mark_free(resource, f"{item.what}: {item.key} is 0 in the price list", rate.source)
        elif isinstance(item, Usage):
            self.shared.setdefault(item, []).append(resource)
        elif item.quantity is None:
            self._leave_open(resource, item.what, "its quantity is not known before the deployment")
        elif (monthly := self.prices.cost(item.key, item.quantity)) is None:
            self._leave_open(resource, item.what, f"{item.quantity} {rate.unit} is beyond the known tiers")
        else:
            self.lines.append(_line([resource], item, rate, quantity=item.quantity, monthly=monthly))

    def usage_lines(self) -> list[Line]:
        """One line per rate and driver, shared by all the resources it is charged for."""
        lines = []
        for item, charged in self.shared.items():
            rate = self.prices.rates[item.key][0]
            quantity = self.quantities.get(item.driver)
            cost = quantity and self._cost_range(item.key, quantity)
            if quantity and not cost:
                self._leave_open(charged[0], item.what, f"{quantity.high} {rate.unit} is beyond the known tiers")
            expected = quantity.expected if quantity and cost else None
            monthly = cost.expected if cost else None
            lines.append(_line(charged, item, rate, quantity=expected, monthly=monthly, spread=cost))
        return lines

    def _cost_range(self, key: str, quantity: Range) -> Range | None:
        low, expected, high = (self.prices.cost(key, q) for q in (quantity.low, quantity.expected, quantity.high))
        if low is None or expected is None or high is None:
            return None
        return Range(low=low, expected=expected, high=high)

    def _leave_open(self, resource: PlannedResource, what: str, reason: str) -> None:
        self.unpriced.append(Unpriced(type=resource.type, name=resource.name, urn=resource.urn, what=what, reason=reason))

    def _mark_free(self, resource: PlannedResource, reason: str, source: str) -> None:
        self.free.append(Free(type=resource.type, name=resource.name, urn=resource.urn, reason=reason, source=source))


def _line(
    charged: list[PlannedResource],
    item: Fixed | Usage,
    rate: Price,
    *,
    quantity: Decimal | None,
    monthly: Decimal | None,
    spread: Range | None = None,
) -> Line:
    return Line(
        service=rate.service,
        type=charged[0].type,
        names=tuple(r.name for r in charged),
        urns=tuple(r.urn for r in charged),
        what=item.what,
        kind=item.kind if isinstance(item, Fixed) else Kind.USAGE,
        quantity=quantity,
        unit=rate.unit,
        unit_price=rate.usd,
        monthly=monthly,
        monthly_range=spread,
        key=rate.key,
        as_of=rate.as_of,
        source=rate.source,
        confirmed=rate.confirmed,
    )


def _is_aws(resource: PlannedResource) -> bool:
    return resource.type.split(":")[0] in _AWS


def _memory(ours: Sequence[PlannedResource], day: date) -> Decimal | None:
    """The memory of the largest function, so that no duration is priced too low; ``None`` without functions."""
    sizes = [Inputs(r.inputs, day).number("memorySize") or _DEFAULT_FUNCTION_MB for r in ours if r.type == _FUNCTION]
    return max(sizes, default=None)


@cache
def free_types() -> dict[str, tuple[str, str]]:
    """The types known to be free of charge: the reason and its source, by Pulumi's type token."""
    return {row["type"]: (row["reason"], row["source"]) for row in _rows("free_types.csv")}


@cache
def free_tiers() -> tuple[FreeTier, ...]:
    """The account's free allowances, which an estimate names and does not deduct."""
    return tuple(FreeTier.model_validate(row) for row in _rows("free_tiers.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("runbook_lib") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
