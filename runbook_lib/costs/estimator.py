"""From resources to an estimate: every AWS resource is priced, known to be free, or named as not priced."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs import prices
from runbook_lib.costs.bill import Bill
from runbook_lib.costs.free import free_tiers
from runbook_lib.costs.items import Inputs
from runbook_lib.costs.model import Estimate, PlannedResource
from runbook_lib.costs.regions import Regions
from runbook_lib.costs.usage import UsageAssumptions
from runbook_lib.documented import INWARD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runbook_lib.costs.price_list import PriceList

_GONE = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace"})
_FOREIGN = frozenset({"read", "read-replacement"})  # looked up, owned and paid by another stack
_AWS = frozenset({"aws", "aws-native", "awscc"})
_WITHOUT_CHARGE = INWARD | {"command", "http", "local", "pulumi"}
"""Providers that compute and keep values, or run what is here: by themselves they cost nothing."""
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
    bill = Bill(Regions(resources, default=region), price_list, assumed, assumed.quantities(memory_mb=_memory(ours, today)))
    for resource in ours:
        bill.enter(resource, today)
    for resource in standing.values():
        if resource.provider and resource.type.split(":")[0] not in _AWS | _WITHOUT_CHARGE:
            bill.leave_foreign(resource)
    lines = (*bill.lines, *bill.usage_lines())
    elsewhere = sorted({bill.regions.of(r) or region for r in ours} - {region})
    return Estimate(
        region=region,
        regions=(region, *elsewhere),
        today=today,
        price_lists=tuple(file for each in bill.lists.values() for file in each.files),
        lines=lines,
        free=tuple(bill.free),
        unpriced=tuple(bill.unpriced),
        outside=dict(sorted(Counter(r.type for r in standing.values() if not _is_aws(r)).items())),
        free_tiers=tuple(tier for tier in free_tiers() if tier.key in {line.key for line in lines}),
        assumed=usage is not None,
        unmet=tuple(sorted({*(assumed.closer - bill.met), *assumed.unmet({line.driver for line in lines})})),
    )


def _is_aws(resource: PlannedResource) -> bool:
    return resource.type.split(":")[0] in _AWS


def _memory(ours: Sequence[PlannedResource], day: date) -> Decimal | None:
    """The memory of the largest function, so that no duration is priced too low; ``None`` without functions."""
    sizes = [Inputs(r.inputs, day).number("memorySize") or _DEFAULT_FUNCTION_MB for r in ours if r.type == _FUNCTION]
    return max(sizes, default=None)
