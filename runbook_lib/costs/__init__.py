"""What the stack costs a month: an offline, dated, Multi-AZ-aware estimate in which nothing is silently zero.

``estimate`` prices a plan's operations or a deployed stack's resources; ``diff`` compares two estimates;
``findings`` judges one. Prices are in ``runbook_lib/data/prices_<region>.csv``, rules in ``runbook_lib/costs/rules``.
"""

from runbook_lib.costs.delta import Change, CostDelta, diff
from runbook_lib.costs.estimator import estimate
from runbook_lib.costs.findings import affordable, findings, warnings
from runbook_lib.costs.model import Estimate, Free, FreeTier, Kind, Line, PlannedResource, Unpriced, dollars
from runbook_lib.costs.usage import Assumption, UsageAssumptions

__all__ = [
    "Assumption",
    "Change",
    "CostDelta",
    "Estimate",
    "Free",
    "FreeTier",
    "Kind",
    "Line",
    "PlannedResource",
    "Unpriced",
    "UsageAssumptions",
    "affordable",
    "diff",
    "dollars",
    "estimate",
    "findings",
    "warnings",
]
