"""What the rules say about one resource after the other, collected: lines, what is free, and what has no price."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from runbook_lib.costs.free import free_types
from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import Free, Kind, Line, PlannedResource, Range, Unpriced
from runbook_lib.costs.price_list import refresh_command
from runbook_lib.costs.regions import Regions
from runbook_lib.costs.rules import RULES
from runbook_lib.costs.usage import UsageAssumptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from runbook_lib.costs.price_list import Price, PriceList


@dataclass
class Bill:
    """Collects what the rules say about one resource after the other.

    Attributes:
        regions: Tells where a resource is.
        price_list: Gives the prices of a region.
        assumed: What is assumed of usage.
        quantities: The same for the whole stack, by driver, derived ones included.
        met: What was assumed more closely and has been charged for.
        shared: Usage by what it is charged for, and by region: who shares it.
    """

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
        """The price list of a region, read once."""
        if region not in self.lists:
            self.lists[region] = self.price_list(region)
        return self.lists[region]

    def enter(self, resource: PlannedResource, today: date) -> None:
        """Enter a resource of AWS."""
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
            remedy = "" if region.startswith("cn-") else refresh_command(region)  # China's lists are in yuan
            used = isinstance(item, Usage)
            self._leave_open(resource, item.what, listed.why_missing(item.key), remedy, used=used)
        elif rate.usd == 0:
            self._mark_free(resource, f"{item.what}: {item.key} is 0 in the price list", rate.source)
        elif isinstance(item, Usage):
            self._enter_usage(resource, item, rate, region)
        elif item.quantity is None:
            self._leave_open(resource, item.what, "its quantity is not known before the deployment")
        elif (monthly := listed.cost(item.key, item.quantity)) is None:
            self._leave_open(resource, item.what, _beyond(item.quantity, rate))
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
            self._leave_open(resource, item.what, _beyond(quantity.high, rate))
        else:
            line = _line([resource], item, rate, region, quantity=quantity.expected, monthly=cost.expected, spread=cost)
            self.lines.append(line)

    def usage_lines(self) -> list[Line]:
        """One line per region, rate and driver, shared by all the resources it is charged for.

        An assumption is the whole stack's: where several regions or rates may be charged for it, it counts once, in the dearest.
        """
        lines = []
        for rates in _alternatives(self.shared):
            quantity = self.quantities.get(rates[0].driver)
            places = [(item, region) for item in rates for region in self.shared[item]]
            costs = {(item, region): quantity and self._cost_range(region, item.key, quantity) for item, region in places}
            dearest = max(places, key=lambda place: self._dear(place[1], place[0], costs[place]))
            for item, region in places:
                sharing, rate = self.shared[item][region], self.lists[region].rates[item.key][0]
                counts = (item, region) == dearest
                if counts and quantity and not costs[dearest]:
                    self._leave_open(sharing[0], item.what, _beyond(quantity.high, rate))
                cost = costs[dearest] if counts else None
                expected, monthly = (quantity.expected, cost.expected) if quantity and cost else (None, None)
                instead = dearest[1] if dearest[1] != region else dearest[0].what
                word = "in" if dearest[1] != region else "as"
                shown = replace(item, what=f"{item.what}, assumed {word} {instead}") if quantity and not counts else item
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

    def leave_foreign(self, resource: PlannedResource) -> None:
        """A resource of somebody else's cloud."""
        self._leave_open(resource, "the whole resource", "it is not AWS's, and what it costs is not known here")

    def _mark_free(self, resource: PlannedResource, reason: str, source: str) -> None:
        self.free.append(Free(type=resource.type, name=resource.name, urn=resource.urn, reason=reason, source=source))


def _alternatives(shared: Mapping[Usage, Mapping[str, Sequence[PlannedResource]]]) -> list[list[Usage]]:
    """Usage that is charged by one rate or another, such as a call by an ARM or an x86 function; what adds up stays apart.

    Rates are alternatives where resources of the same types have either, and none of them has both.
    """
    groups: list[list[Usage]] = []
    charged = {item: [r for each in regions.values() for r in each] for item, regions in shared.items()}
    urns = {item: {r.urn for r in found} for item, found in charged.items()}
    types = {item: {r.type for r in found} for item, found in charged.items()}
    for item in shared:
        for group in groups:
            if all(x.driver == item.driver and types[x] & types[item] and not urns[x] & urns[item] for x in group):
                group.append(item)
                break
        else:
            groups.append([item])
    return groups


def _beyond(quantity: Decimal, rate: Price) -> str:
    return f"{quantity} {rate.unit} is beyond the known tiers"


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
