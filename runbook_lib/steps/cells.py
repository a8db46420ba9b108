"""What the kernel knows of the notebook's ``parameters`` cell: names that no step takes, and values that changed since.

papermill puts a cell of its own behind that one and only warns about a name nobody reads; a person may misspell a name, or
open another step's notebook in a kernel that still has this one's. Either way the step would run on defaults without a word.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from runbook_lib import parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVERY_STEP = frozenset({"environment", "run"})
"""Names that every parameters cell sets; which is how one is known in a kernel, which does not see a cell's tags."""
INJECTED = "# Parameters\n"
"""How papermill's own cell begins."""
PAPERMILLS_OWN = frozenset({"PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH"})
"""What it may add there."""


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
    """The names that a cell of nothing but assignments sets; none for any other cell."""
    try:
        body = ast.parse(source).body
    except SyntaxError:  # IPython's own syntax
        return frozenset()
    targets = [node.targets[0] for node in body if isinstance(node, ast.Assign)]
    if len(targets) != len(body):
        return frozenset()
    return frozenset(target.id for target in targets if isinstance(target, ast.Name))


def _namespace() -> dict[str, Any]:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return shell.user_ns if shell else {}


def _sources() -> list[str]:
    return [str(source) for source in _namespace().get("In", ())]
