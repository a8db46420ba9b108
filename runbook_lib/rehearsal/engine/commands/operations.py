"""`pulumi up`, `preview`, `refresh` and `destroy`."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.errors import EngineError, UsageError
from runbook_lib.rehearsal.engine.operate import operate
from runbook_lib.rehearsal.engine.program import launch
from runbook_lib.rehearsal.engine.selection import select

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from runbook_lib.rehearsal.engine.program import Program
    from runbook_lib.rehearsal.engine.selection import Selection


def _require_yes(arguments: argparse.Namespace) -> None:
    """This command never asks, so whoever changes a stack says so beforehand."""
    if not arguments.yes:
        raise UsageError("--yes or --skip-preview must be passed in to proceed when running in non-interactive mode")


def up(arguments: argparse.Namespace) -> None:
    """Bring the stack to what the program wants."""
    _require_yes(arguments)
    if arguments.plan and not arguments.skip_preview:
        _run_program(arguments, dry_run=True)  # refuses what exceeds the plan before anything has changed
    _run_program(arguments, dry_run=False)


def preview(arguments: argparse.Namespace) -> None:
    """Say what `up` would do."""
    _run_program(arguments, dry_run=True)


def _run_program(arguments: argparse.Namespace, *, dry_run: bool) -> None:
    selection = select(arguments.stack, arguments.config_file)
    selection.stack.require()
    try:
        program = launch(selection.project)
    except EngineError:
        if arguments.json:
            sys.stdout.write("{}\n")  # whoever reads JSON gets some, as from the real command
        raise
    try:
        operate("update", selection, arguments, lambda deployment: deployment.update(program), dry_run=dry_run)
    finally:
        program.kill()


def refresh(arguments: argparse.Namespace) -> None:
    """Take over what the providers see."""
    _refuse_program(arguments)
    if not arguments.preview_only:
        _require_yes(arguments)
    selection = select(arguments.stack, arguments.config_file)
    operate("refresh", selection, arguments, lambda deployment: deployment.refresh(), dry_run=bool(arguments.preview_only))


def destroy(arguments: argparse.Namespace) -> None:
    """Delete everything in the stack."""
    if not arguments.preview_only:
        _require_yes(arguments)
    selection = select(arguments.stack, arguments.config_file)
    keep = bool(arguments.exclude_protected)
    with _beside(arguments, selection) as program:
        operate(
            "destroy",
            selection,
            arguments,
            lambda deployment: deployment.destroy(program, keep_protected=keep),
            dry_run=bool(arguments.preview_only),
        )
    if arguments.remove and not arguments.preview_only:
        from runbook_lib.rehearsal.engine.commands.stack import remove

        remove(selection, force=False, preserve_config=False)


@contextlib.contextmanager
def _beside(arguments: argparse.Namespace, selection: Selection) -> Iterator[Program | None]:
    """The program of an operation that runs it only if asked to: `--run-program`."""
    if arguments.run_program != "true":
        yield None
        return
    selection.stack.require()
    program = launch(selection.project)
    try:
        yield program
    finally:
        program.kill()


def _refuse_program(arguments: argparse.Namespace) -> None:
    if arguments.run_program == "true":
        raise UsageError(
            "refresh --run-program: refreshing with the providers of the program instead of those on record is outside the "
            "embedded engine; use the real pulumi command"
        )
