"""Parameters that a notebook declares secret: ``password = ""  # secret: the database's`` in its ``parameters`` cell."""

from __future__ import annotations

import re
from typing import Any

from runbook_lib.redaction.known import register

_DECLARED = re.compile(r"^(\w+)[ \t]*(?::[^=\n]+)?=[^\n]*#[ \t]*(?:type:[ \t]*\S+[ \t]+)?secret\b", re.MULTILINE)


def register_declared(notebook: Any) -> None:
    """Take what a notebook was given for them out of every record.

    Args:
        notebook: As papermill hands it to an engine: with its parameters in its metadata.
    """
    given = notebook.metadata.get("papermill", {}).get("parameters", {})
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            for name in _DECLARED.findall(cell.source):
                register(given[name] if isinstance(given.get(name), str) else "", name)
