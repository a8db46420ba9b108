"""Where the live checks of this package declare themselves.

A check is one file with one function of the file's name::

    @check(requirement=("K1",), title="Keys rotate")
    def kms_keys_rotate(snapshot: Snapshot) -> Judgements:
        for key in snapshot.read(Keys).by_arn.values():
            yield judge(key.name, ok=key.rotates, good=…, bad=…, remedy=…)
"""

from __future__ import annotations

from runbook_lib.judgement import Judgements, Registry, judge, unknown
from runbook_lib.snapshot.parts import Snapshot

__all__ = ["CHECKS", "Judgements", "Snapshot", "check", "judge", "unknown"]

CHECKS: Registry[[Snapshot]] = Registry("runbook_lib.checks")
check = CHECKS.register
