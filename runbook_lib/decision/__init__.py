"""The page that a person or a pipeline decides on: what 02 found out, in the order in which it is asked.

``page`` makes it of a run's records alone, so that the notebook, ``runbook report`` and a reader years later see the same.
"""

from runbook_lib.decision.causes import causes, needs_of
from runbook_lib.decision.costs import change_of_cost
from runbook_lib.decision.document import document
from runbook_lib.decision.markdown import COMMENT, JOB_SUMMARY, page
from runbook_lib.decision.view import Since

__all__ = ["COMMENT", "JOB_SUMMARY", "Since", "causes", "change_of_cost", "document", "needs_of", "page"]
