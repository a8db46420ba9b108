"""Paths in variables are relative to where somebody set them, and kernels, and papermill with ``--cwd``, work elsewhere."""

from __future__ import annotations

import os

VARIABLES = ("RUNBOOK_HOME", "RUNBOOK_OUTPUTS", "RUNBOOK_PRICES", "RUNBOOK_REHEARSAL")


def absolute() -> None:
    """Make the paths absolute that this process was given, for itself and whatever it starts."""
    for name in VARIABLES:
        if given := os.environ.get(name):
            os.environ[name] = os.path.abspath(given)  # noqa: PTH100 - links stay, and Path takes time to import
