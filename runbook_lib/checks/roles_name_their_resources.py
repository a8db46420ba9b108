"""Roles name what they act on; where AWS offers no resource to name, its reason is on record."""

from __future__ import annotations

import re

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.iam import Roles
from runbook_lib.snapshot.policies import without_resource

# All buckets, or all there is of a service or of a kind: secret:*, key/*, log-group:*. One bucket's objects are named.
EVERYTHING = re.compile(r"\*+|arn:[^:]*:s3:::\*.*|arn:[^:]*:(?!s3:)([^:]*:){3}([a-z-]+[:/])?\*+([:/]\*+)*")


@check(requirement=("A2",), title="Roles name their resources; * only where AWS offers no other")
def roles_name_their_resources(snapshot: Snapshot) -> Judgements:
    """An allowed statement on ``*``, or on all there is of a kind, may hold only actions that AWS gives no resource."""
    for role in snapshot.read(Roles).both():
        granted = [statement for statement in role.statements if statement.allows]
        broad = sorted(
            action
            for statement in granted
            if any(map(EVERYTHING.fullmatch, statement.resources))
            for action in statement.actions
            if not without_resource(action)
        )
        yield judge(
            role.name,
            ok=bool(granted) and not broad,
            good=f"{role.name} names its resources wherever AWS has them.",
            bad=f"{role.name} may do {broad or 'nothing'} on every resource.",
            remedy="Name the resources of these actions (deploy again; remove by hand what was added by hand).",
        )
