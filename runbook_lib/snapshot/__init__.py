"""What the live system is, read once and in parallel; checks judge it and never call AWS themselves.

One file per AWS service holds its models and the collector that fills them. A part that could not be read keeps the
error instead, and no check can get past it (``Snapshot.read``).
"""

from runbook_lib.snapshot.collect import take
from runbook_lib.snapshot.parts import Snapshot, Tagged, Unavailable, Unreadable, Untried

__all__ = ["Snapshot", "Tagged", "Unavailable", "Unreadable", "Untried", "take"]
