"""From resources to an estimate: every AWS resource is priced, known to be free, or named as not priced."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs import prices
from runbook_lib.costs.free import free_tiers, free_types
from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import Estimate, Free, Kind, Line, PlannedResource, Range, Unpriced
from runbook_lib.costs.regions import Regions
from runbook_lib.costs.rules import RULES
from runbook_lib.costs.usage import UsageAssumptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    price_list: Callable[[str], PriceList] = prices.load,
) -> Estimate:
    """Price what a plan leaves standing, or what a deployed stack holds: each resource in its own region.

    Args:
        resources: A plan's operations, or a stack state's resources; the deleted are left out, and a URN counts once.
        region: The stack's own AWS region, of what names no other.
        today: The day that support dates and the ages of prices are counted to (``days.Day.judged``).
        usage: Assumptions for the usage lines; without them those show their rate only.
        price_list: Gives the prices of a region.

    Returns:
        The estimate, in which no AWS resource is left out.
    """
    standing = {r.urn: r for r in resources if r.op not in _GONE | _FOREIGN}
    ours = [r for r in standing.values() if _is_aws(r)]
    assumed = usage or UsageAssumptions()
    ledger = _Ledger(Regions(resources, default=region), price_list, assumed, assumed.quantities(memory_mb=_memory(ours, today)))
    for resource in ours:
        ledger.enter(resource, today)
    lines = (*ledger.lines, *ledger.usage_lines())
    elsewhere = sorted({ledger.regions.of(r) or region for r in ours} - {region})
    return Estimate(
        region=region,
        regions=(region, *elsewhere),
        today=today,
        price_lists=tuple(file for each in ledger.lists.values() for file in each.files),
        lines=lines,
        free=tuple(ledger.free),
        unpriced=tuple(ledger.unpriced),
        outside=dict(sorted(Counter(r.type for r in standing.values() if not _is_aws(r)).items())),
        free_tiers=tuple(tier for tier in free_tiers() if tier.key in {line.key for line in lines}),
        assumed=usage is not None,
        unmet=tuple(sorted(assumed.closer - ledger.met)),
    )


@dataclass
class _Ledger:
    """Collects what the rules say about one resource after the other."""

    regions: Regions
    price_list: Callable[[str], PriceList]
    assumed: UsageAssumptions
    quantities: dict[str, Range]
    met: set[str] = field(default_factory=set)
    lists: dict[str, PriceList] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    free: list[Free] = field(default_factory=list)
    unpriced: list[Unpriced] = field(default_factory=list)
    shared: dict[Usage, dict[str, list[PlannedResource]]] = field(default_factory=dict)

    def prices(self, region: str) -> PriceList:
        if region not in self.lists:
            self.lists[region] = self.price_list(region)
        return self.lists[region]

    def enter(self, resource: PlannedResource, today: date) -> None:
        rule = RULES.get(resource.type)
        items = tuple(rule(Inputs(resource.inputs, today))) if rule else ()
        region = self.regions.of(resource)
        for item in items:
            if region is None:
                self._leave_open(resource, item.what, "its region is known only after the deployment")
            else:
                self._enter_item(resource, item, region)
        if items:
            return
        if resource.type in free_types():
            reason, source = free_types()[resource.type]
            self._mark_free(resource, reason, source)
        else:
            self._leave_open(resource, "the whole resource", "no price rule for this type")

    def _enter_item(self, resource: PlannedResource, item: Item, region: str) -> None:
        if isinstance(item, Gap):
            self._leave_open(resource, item.what, item.reason)
            return
        listed = self.prices(region)
        rate = listed.rate(item.key)
        if rate is None:
            remedy, used = prices.refresh_command(region), isinstance(item, Usage)
            self._leave_open(resource, item.what, listed.why_missing(item.key), remedy, used=used)
        elif rate.usd == 0:
            self._mark_free(resource, f"{item.what}: {item.key} is 0 in the price list", rate.source)
        elif isinstance(item, Usage):
            self._enter_usage(resource, item, rate, region)
        elif item.quantity is None:
            self._leave_open(resource, item.what, "its quantity is not known before the deployment")
        elif (monthly := listed.cost(item.key, item.quantity)) is None:
            self._leave_open(resource, item.what, f"{item.quantity} {rate.unit} is beyond the known tiers")
        else:
            self.lines.append(_line([resource], item, rate, region, quantity=item.quantity, monthly=monthly))

    def _enter_usage(self, resource: PlannedResource, item: Usage, rate: Price, region: str) -> None:
        """A line of its own where something is assumed of this resource; what it does not share counts from the first tier on."""
        own = self.assumed.own(resource)
        if item.driver not in own:
            self.shared.setdefault(item, {}).setdefault(region, []).append(resource)
            return
        said, quantity = own[item.driver]
        self.met |= {said, f"{resource.type}.{item.driver}"}
        if (cost := self._cost_range(region, item.key, quantity)) is None:
            self._leave_open(resource, item.what, f"{quantity.high} {rate.unit} is beyond the known tiers")
        else:
            line = _line([resource], item, rate, region, quantity=quantity.expected, monthly=cost.expected, spread=cost)
            self.lines.append(line)

    def usage_lines(self) -> list[Line]:
        """One line per region, rate and driver, shared by all the resources it is charged for.

        An assumption is the whole stack's: where several regions charge for it, it counts once, in the dearest of them.
        """
        lines = []
        for item, charged in self.shared.items():
            quantity = self.quantities.get(item.driver)
            costs = {region: quantity and self._cost_range(region, item.key, quantity) for region in charged}
            dearest = max(charged, key=lambda region: self._dear(region, item, costs[region]))
            for region, sharing in charged.items():
                rate = self.lists[region].rates[item.key][0]
                if region == dearest and quantity and not costs[region]:
                    self._leave_open(sharing[0], item.what, f"{quantity.high} {rate.unit} is beyond the known tiers")
                cost = costs[region] if region == dearest else None
                expected, monthly = (quantity.expected, cost.expected) if quantity and cost else (None, None)
                shown = replace(item, what=f"{item.what}, assumed in {dearest}") if quantity and region != dearest else item
                lines.append(_line(sharing, shown, rate, region, quantity=expected, monthly=monthly, spread=cost))
        return lines

    def _dear(self, region: str, item: Usage, cost: Range | None) -> tuple[bool, Decimal]:
        """How dear a region is: beyond its known tiers more than any sum, else by the cost, or by the rate."""
        unknown = item.driver in self.quantities and cost is None
        return unknown, cost.expected if cost else self.lists[region].rates[item.key][0].usd

    def _cost_range(self, region: str, key: str, quantity: Range) -> Range | None:
        low, expected, high = (self.lists[region].cost(key, q) for q in (quantity.low, quantity.expected, quantity.high))
        if low is None or expected is None or high is None:
            return None
        return Range(low=low, expected=expected, high=high)

    def _leave_open(self, resource: PlannedResource, what: str, reason: str, remedy: str = "", *, used: bool = False) -> None:
        self.unpriced.append(
            Unpriced(
                type=resource.type,
                name=resource.name,
                urn=resource.urn,
                region=self.regions.of(resource) or "",
                what=what,
                reason=reason,
                remedy=remedy,
                used=used,
            )
        )

    def _mark_free(self, resource: PlannedResource, reason: str, source: str) -> None:
        self.free.append(Free(type=resource.type, name=resource.name, urn=resource.urn, reason=reason, source=source))


def _line(
    charged: list[PlannedResource],
    item: Fixed | Usage,
    rate: Price,
    region: str,
    *,
    quantity: Decimal | None,
    monthly: Decimal | None,
    spread: Range | None = None,
) -> Line:
    return Line(
        service=rate.service,
        region=region,
        type=charged[0].type,
        names=tuple(r.name for r in charged),
        urns=tuple(r.urn for r in charged),
        what=item.what,
        kind=item.kind if isinstance(item, Fixed) else Kind.USAGE,
        quantity=quantity,
        driver=item.driver if isinstance(item, Usage) else "",
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
