"""What 02 has agreed on in the tests of 03_deploy, and what it recorded of it."""

from __future__ import annotations

import hashlib
from importlib import import_module

from unit.steps.stand_in import outcome, resource

deploying = import_module("runbook_lib.steps.deploy")  # the package calls its function by the same name
GROUP = "aws:cloudwatch/logGroup:LogGroup"
AGREED = (resource(GROUP, "api", retentionInDays=60), resource(GROUP, "flow", retentionInDays=30, kmsKeyId="k"))
FORESEEN = {"vpc_id": "<computed>"}
AS_AGREED = outcome(*AGREED)
SAVED = b'{"resourcePlans": {}}'
RECORDED = {"file": "02_plan.update-plan.json", "sha256": hashlib.sha256(SAVED).hexdigest()}
BASIS = {"state": {"": "5" * 64}, "program": {"__main__.py": "6" * 64}, "configuration": {"payments:suffix": "7" * 64}}
MIGRATED = {"current": deploying.newest_migration(), "applied": [1, 2]}
