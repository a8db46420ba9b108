"""Parameters that a notebook declares secret: ``password = ""  # secret: the database's`` in its ``parameters`` cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECLARED = re.compile(r"^(\w+)[ \t]*(?::[^=\n]+)?=[^\n]*#[ \t]*(?:type:[ \t]*\S+[ \t]+)?secret\b", re.MULTILINE)


def declared(notebook: Any) -> Iterator[tuple[str, str]]:
    """What a notebook was given for them, with their names.

    Args:
        notebook: As papermill hands it to an engine: with its parameters in its metadata.
    """
    given = notebook.metadata.get("papermill", {}).get("parameters", {})
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            for name in _DECLARED.findall(cell.source):
                if isinstance(given.get(name), str):
                    yield given[name], name
