"""The library behind the migration runbook's notebooks.

A notebook does one thing with it::

    from runbook_lib import steps

    result = steps.plan(environment="staging", run="")
    result.gate()

Imports stay inside the functions that need them: ``runbook --help`` has to answer at once.
"""

__version__ = "0.1.0"
