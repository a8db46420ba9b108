"""The steps: one function each, called by the notebook of the same name.

Every function takes its step's parameters (``runbook_lib.parameters``) by keyword, saves a result and returns an ``Outcome``.
"""

from runbook_lib.steps.cost_check import cost_check
from runbook_lib.steps.deploy import deploy
from runbook_lib.steps.plan import plan
from runbook_lib.steps.teardown import teardown
from runbook_lib.steps.verify import verify
from runbook_lib.steps.version_discovery import version_discovery

__all__ = ["cost_check", "deploy", "plan", "teardown", "verify", "version_discovery"]
