"""Live checks: one file each, judging a ``Snapshot``; id, file and function bear one name."""
