"""What the stack costs a month: an offline, dated, Multi-AZ-aware estimate in which nothing is silently zero.

``estimate`` prices a plan's operations or a deployed stack's resources; ``diff`` compares two estimates;
``findings`` judges one. Rules are in ``runbook_lib/costs/rules``. Prices are in ``runbook_lib/data/prices_<region>.csv`` and,
before them, in the checkout's own lists, which ``refresh`` builds from AWS's; ``products.csv`` says how each price is found.
"""

from runbook_lib.costs.delta import Change, CostDelta, diff, signed
from runbook_lib.costs.estimator import estimate
from runbook_lib.costs.findings import affordable, dated_ahead, findings, near_budget, unmet, warnings
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
    "dated_ahead",
    "diff",
    "dollars",
    "estimate",
    "findings",
    "near_budget",
    "signed",
    "unmet",
    "warnings",
]
