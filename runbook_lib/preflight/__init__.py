"""What has to hold before a migration begins, and can be known in seconds: read once, at the edge, and judged.

``read`` asks AWS; every ``judge`` is pure. 01 shows and gates what comes of it, so that nothing half-made is left by an account
that is full or by credentials that end in the middle.
"""

from runbook_lib.preflight.findings import findings, warnings
from runbook_lib.preflight.permissions import wanted
from runbook_lib.preflight.reading import Needs, needs_of, read

__all__ = ["Needs", "findings", "needs_of", "read", "wanted", "warnings"]
