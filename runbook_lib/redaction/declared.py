"""Parameters that a notebook declares secret: ``password = ""  # secret: the database's`` in its ``parameters`` cell.

What they are given, of whatever type, and what they are by default is taken out of every record by value, as far as it can be
told from ordinary text; where papermill itself writes it down it is taken out by name, however weak it is.
"""

from __future__ import annotations

import ast
import copy
import json
import re
from typing import TYPE_CHECKING, Any

from runbook_lib.redaction.known import register
from runbook_lib.redaction.masking import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAYS = r"#[ \t]*(?:type:[ \t]*\S+[ \t]+)?secret\b"
_COMMENT = re.compile(_SAYS)
_DECLARED = re.compile(rf"^(\w+)[ \t]*(?::[^=\n]+)?=[^\n]*{_SAYS}", re.MULTILINE)
_ASSIGNED = re.compile(r"(\s*(?:[a-z]+\s+)?\$?(\w+)\s*(?:=|<-)\s*)")
_INJECTED = "injected-parameters"


def register_declared(notebook: Any) -> None:
    """Take what a notebook was given for them, and their defaults, out of every record.

    Args:
        notebook: As papermill hands it to an engine: with its parameters in its metadata.
    """
    given = _given(notebook)
    for name, default in _declared(notebook).items():
        for value in (given[name],) if name in given else (default,):
            _register(value, name)
        if name in given and isinstance(default, str | dict | list):
            _register(default, name)


def hidden(notebook: Any) -> Any:
    """A shallow copy of a notebook whose declared parameters hold a mask where papermill has written them down."""
    names = _declared(notebook).keys() & _given(notebook).keys()
    if not names:
        return notebook
    whole = copy.copy(notebook)
    papermills = notebook.metadata["papermill"]
    parameters = {name: mask(name) if name in names else value for name, value in papermills["parameters"].items()}
    whole["metadata"] = {**notebook.metadata, "papermill": {**papermills, "parameters": parameters}}
    whole["cells"] = [_without(cell, names) if _INJECTED in cell.metadata.get("tags", ()) else cell for cell in notebook.cells]
    return whole


def _given(notebook: Any) -> dict[str, Any]:
    return notebook.metadata.get("papermill", {}).get("parameters") or {}


def _declared(notebook: Any) -> dict[str, Any]:
    """Their defaults, by name; none where that is no literal."""
    return {
        name: default
        for cell in notebook.cells
        if "parameters" in cell.metadata.get("tags", ())
        for name, default in _in_cell(cell.source)
    }


def _in_cell(source: str) -> Iterator[tuple[str, Any]]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):  # magics, or another language
        yield from ((name, None) for name in _DECLARED.findall(source))
        return
    lines = source.split("\n")
    for statement in body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign):
            continue
        if not _COMMENT.search("\n".join(lines[statement.lineno - 1 : statement.end_lineno])):
            continue
        for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            if isinstance(target, ast.Name):
                yield target.id, _literal(statement.value)


def _literal(value: ast.expr | None) -> Any:
    try:
        return ast.literal_eval(value) if value else None
    except ValueError:
        return None


def _register(value: Any, name: str) -> None:
    """A value of any type: a structure as its JSON, and what is in a list by itself."""
    if isinstance(value, str):
        register(value, name)
    elif isinstance(value, dict) and value:
        register(json.dumps(value, default=str), name)
    elif isinstance(value, list | tuple):
        for inner in value:
            _register(inner, name)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        register(str(value), name)


def _without(cell: Any, names: set[str]) -> Any:
    """The cell that papermill injected, with a mask for the value of each of ``names``."""
    twin = copy.copy(cell)
    twin["source"] = "\n".join(_lines(cell.source, names))
    return twin


def _lines(source: str, names: set[str]) -> Iterator[str]:
    """Each assignment is a statement of Python, which a formatter may have broken; or a line of its own, in another language."""
    broken = dict(_broken(source))
    lines = iter(enumerate(source.split("\n"), 1))
    for number, line in lines:
        found = _ASSIGNED.match(line)
        yield found[1] + json.dumps(mask(found[2])) if found and found[2] in names else line
        if found and found[2] in names:
            for _ in range(number, broken.get(number, number)):
                next(lines)


def _broken(source: str) -> Iterator[tuple[int, int]]:
    """The first and the last line of each statement, where the source is Python."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return
    for statement in body:
        yield statement.lineno, statement.end_lineno or statement.lineno
