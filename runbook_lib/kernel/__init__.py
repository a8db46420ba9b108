"""A papermill engine that records the truth, and keeps papermill's contract.

papermill's own engine records a cell that timed out, whose kernel died or that was interrupted as "completed", and all that
follows it too; it calls a notebook that left early through ``sys.exit(0)`` a success. This one gives each cell the state it
ended in (``metadata.runbook.state``), leaves what never ran "pending", and adds what happened to the failing cell's outputs.
What is executed is the notebook as it was given; what is written, by papermill's own handlers, is a redacted copy.
It is registered as the ``papermill.engine`` entry point ``runbook``, so ``papermill --engine runbook`` records the same.

``engine`` puts the parts together: ``given`` refuses wrong parameters, ``launch`` starts the kernel, ``client`` runs the cells,
``recorder`` writes what happened (to an ``output``), ``group`` ends what the kernel has started, and so does ``guard``, when the
runner itself was killed, with ``orphan``.
"""
