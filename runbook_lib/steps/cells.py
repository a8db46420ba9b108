"""What the kernel knows of the notebook's ``parameters`` cell: names that no step takes, and values that changed since.

papermill puts a cell of its own behind that one and only warns about a name nobody reads; a person may misspell a name, or
open another step's notebook in a kernel that still has this one's. Either way the step would run on defaults without a word.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from runbook_lib import parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EVERY_STEP = frozenset({"environment", "run"})
"""Names that every parameters cell sets; which is how one is known in a kernel, which does not see a cell's tags."""
INJECTED = "# Parameters\n"
"""How papermill's own cell begins."""
PAPERMILLS_OWN = frozenset({"PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH"})
"""What it may add there."""

MAGICS = frozenset({"run_line_magic", "run_cell_magic"})
"""How IPython calls a magic, once it has read the cell."""
CODE_MAGICS = frozenset({"capture", "time"})
"""Magics that run code where the cell would have."""


def stated(sources: Iterable[str]) -> frozenset[str]:
    """The names that the latest parameters cell sets, and those that papermill injected behind it; pure.

    Args:
        sources: The cells that ran in the kernel, oldest first.
    """
    cell: frozenset[str] = frozenset()
    injected: frozenset[str] = frozenset()
    for source in sources:
        names = _assigned(source)
        if source.startswith(INJECTED):
            injected = names
        elif names >= EVERY_STEP:
            cell, injected = names, frozenset()
    return (cell | injected) - PAPERMILLS_OWN


def refuse_unknown(step: str) -> None:
    """Refuse names in this kernel's parameters cells that the step does not take.

    Raises:
        UsageError: There is one; the nearest that the step takes is said.
    """
    strange = stated(_sources()) - set(parameters.STEPS[step].model_fields)
    for name in sorted(strange):
        parameters.takers(name, [step])


def changed(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters whose value in the kernel is no longer the one that was given, with what it is now."""
    names, space = stated(_sources()), _namespace()
    return {name: space[name] for name in sorted(names) if name in space and space[name] != given.get(name)}


def _assigned(source: str) -> frozenset[str]:
    """The names that a cell assigns for the cells after it, whatever else it does; imports and functions are no parameters."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        body = _of_ipython(source)
    return frozenset(name for node in body for name in _bound(node) if not name.startswith("_"))


def _of_ipython(source: str) -> list[ast.stmt]:
    """The statements of a cell in IPython's own syntax; none where that is wrong too, and nothing was set."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source)).body
    except SyntaxError:
        return []


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement assigns in the cell itself, not in a function or a class in it."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        return
    if isinstance(node, ast.Assign):
        yield from (name for target in node.targets for name in _names(target))
    elif isinstance(node, (ast.AugAssign, ast.NamedExpr)) or (isinstance(node, ast.AnnAssign) and node.value):
        yield from _names(node.target)
    elif isinstance(node, ast.Call):
        yield from _timed(node)
    for inner in ast.iter_child_nodes(node):
        yield from _bound(inner)


def _names(target: ast.expr) -> Iterator[str]:
    """The names in a target; an attribute's or an item's is another object's."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Starred):
        yield from _names(target.value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        yield from (name for each in target.elts for name in _names(each))


def _timed(call: ast.Call) -> Iterator[str]:
    """The names that code in a magic assigns, which is text by now."""
    texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if isinstance(call.func, ast.Attribute) and call.func.attr in MAGICS and texts and texts[0] in CODE_MAGICS:
        yield from _assigned(texts[-1])


def _namespace() -> dict[str, Any]:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return shell.user_ns if shell else {}


def _sources() -> list[str]:
    return [str(source) for source in _namespace().get("In", ())]
