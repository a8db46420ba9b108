"""Parameters given through papermill are as strict as the command line's: refused before a kernel starts."""

from __future__ import annotations

import ast
import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from papermill.exceptions import PapermillException
from papermill.translators import papermill_translators
from papermill.utils import find_first_tagged_cell_index, nb_language

from runbook_lib import chosen, parameters
from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

PAPERMILLS_OWN = frozenset({"PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH"})
"""What ``--inject-paths`` adds."""


class RefusedError(UsageError, click.ClickException):  # type: ignore[misc]  # click says Final to what it sets itself
    """Raised when papermill was given a wrong parameter; papermill's command line shows it as its own errors of usage."""

    def format_message(self) -> str:
        """What papermill's command line says."""
        return self.diagnostics()


def check(notebook: Any, kernel_name: str, source: str | None) -> str | None:
    """Refuse parameters that the notebook does not have, and those of a step that are wrong.

    A notebook that is none of the runbook's steps has the parameters that its own cell tagged ``parameters`` sets; where there
    is no such cell, or nothing can be told from what is in it, it takes anything, as papermill does.

    Args:
        notebook: As papermill has parameterised it.
        kernel_name: The kernel that will run it.
        source: Where papermill read it.

    Returns:
        The step that it is, if it is one.

    Raises:
        RefusedError: A parameter is unknown (the nearest known name is said), of the wrong type, or a run of another environment.
    """
    given = _given(notebook)
    defaults = _defaults(notebook, kernel_name)
    step = _step(defaults, source)
    try:
        if step:
            _check_step(step, {**{name: value for name, value in defaults.items() if value is not ...}, **given})
        elif defaults or _none(notebook):
            _check_names(given, defaults)
    except UsageError as error:
        raise RefusedError(error.message, remedy=error.remedy) from error
    return step


def sources(notebook: Any) -> dict[str, str]:
    """The variable by which a step knows what papermill was given from its defaults."""
    return chosen.saying(dict.fromkeys(_given(notebook), chosen.Source.GIVEN))


def _given(notebook: Any) -> dict[str, Any]:
    """What was given; what an earlier execution has left in the metadata counts only if its cell is still there to be run."""
    if find_first_tagged_cell_index(notebook, "injected-parameters") < 0:
        return {}
    given = notebook.metadata.get("papermill", {}).get("parameters") or {}
    return {name: value for name, value in given.items() if name not in PAPERMILLS_OWN}


def _defaults(notebook: Any, kernel_name: str) -> dict[str, Any]:
    """The names that the cell tagged ``parameters`` sets, with their values; ``...`` for what is no literal."""
    index = find_first_tagged_cell_index(notebook, "parameters")
    if index < 0:
        return {}
    cell = notebook.cells[index]
    try:
        language = nb_language(notebook)
        inferred = papermill_translators.find_translator(kernel_name, language).inspect(cell)
    except (ValueError, PapermillException, NotImplementedError):  # a language that papermill cannot read parameters of
        return {}
    return {parameter.name: ... for parameter in inferred} | (_python(cell.source) if language == "python" else {})


def _none(notebook: Any) -> bool:
    """Whether a notebook in Python has a cell for parameters, and no code in it: then it takes none."""
    index = find_first_tagged_cell_index(notebook, "parameters")
    if index < 0:
        return False
    try:
        return nb_language(notebook) == "python" and not ast.parse(notebook.cells[index].source).body
    except (ValueError, SyntaxError):  # no language, or magics
        return False


def _python(source: str) -> dict[str, Any]:
    """Every name that Python code binds: papermill itself reads line by line, and not ``a, b = 1, 2``."""
    try:
        body = ast.parse(source)
    except SyntaxError:  # IPython's magics
        return {}
    bound = [node for node in ast.walk(body) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    names: dict[str, Any] = {node.id: ... for node in bound}
    for statement in body.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            try:
                names[statement.targets[0].id] = ast.literal_eval(statement.value)
            except ValueError:
                continue
    return names


def _step(defaults: Mapping[str, Any], source: str | None) -> str | None:
    """Which step a notebook is: by its file's name, or, where that was changed or is not known, by what only that step takes."""
    if not {"environment", "run"} <= set(defaults):
        return None
    if source and (stem := Path(source).stem) in parameters.STEPS:
        return stem
    own = set(defaults) - set(parameters.StepParameters.model_fields)
    return next((step for step, model in parameters.STEPS.items() if own and own <= set(model.model_fields)), None)


def _check_step(step: str, given: Mapping[str, Any]) -> None:
    known = parameters.parse(step, given)
    if known.run:
        from runbook_lib.run import Run

        facts = Run.find(known.run).facts
        if facts.environment != known.environment:
            raise UsageError(
                f"{step}: run {known.run!r} is a run of {facts.environment!r}, not of {known.environment!r}.",
                remedy="Give the environment that the run belongs to, or another run.",
            )


def _check_names(given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    problems = []
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            problems.append(f"unknown parameter {name!r}" + (f" (did you mean {close[0]!r}?)" if close else ""))
    if problems:
        raise UsageError("; ".join(problems), remedy=f"Parameters: {', '.join(known) or 'none; the cell for them is empty'}.")
