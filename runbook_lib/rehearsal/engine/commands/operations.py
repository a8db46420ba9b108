"""`pulumi up`, `preview`, `refresh` and `destroy`."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.arguments import runs_program
from runbook_lib.rehearsal.engine.errors import EngineError, UsageError
from runbook_lib.rehearsal.engine.operate import operate
from runbook_lib.rehearsal.engine.program import launch
from runbook_lib.rehearsal.engine.selection import select

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from runbook_lib.rehearsal.engine.program import Program
    from runbook_lib.rehearsal.engine.selection import Selection


def _phases(arguments: argparse.Namespace) -> list[bool]:
    """Whether each run of a command that changes a stack is a preview: one before the change, unless that is skipped.

    This command never asks, so whoever changes a stack says so beforehand.
    """
    preview_only = getattr(arguments, "preview_only", False)
    if preview_only and arguments.skip_preview:
        raise UsageError("--skip-preview and --preview-only cannot be used together")
    if preview_only:
        return [True]
    if not (arguments.yes or arguments.skip_preview):
        raise UsageError("--yes or --skip-preview must be passed in to proceed when running in non-interactive mode")
    return [False] if arguments.skip_preview else [True, False]


def up(arguments: argparse.Namespace) -> None:
    """Bring the stack to what the program wants."""
    for dry_run in _phases(arguments):  # the first refuses what exceeds a plan before anything has changed
        _run_program(arguments, dry_run=dry_run)


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
    for dry_run in _phases(arguments):
        _refresh(arguments, dry_run=dry_run)


def _refresh(arguments: argparse.Namespace, *, dry_run: bool) -> None:
    selection = select(arguments.stack, arguments.config_file)
    with _beside(arguments, selection) as program:
        operate("refresh", selection, arguments, lambda deployment: deployment.refresh(program), dry_run=dry_run)


def destroy(arguments: argparse.Namespace) -> None:
    """Delete everything in the stack."""
    for dry_run in _phases(arguments):
        _destroy(arguments, dry_run=dry_run)
    if arguments.remove and not arguments.preview_only:
        from runbook_lib.rehearsal.engine.commands.stack import remove

        remove(select(arguments.stack, arguments.config_file), force=False, preserve_config=False)


def _destroy(arguments: argparse.Namespace, *, dry_run: bool) -> None:
    selection = select(arguments.stack, arguments.config_file)
    keep = bool(arguments.exclude_protected)
    with _beside(arguments, selection) as program:
        operate(
            "destroy",
            selection,
            arguments,
            lambda deployment: deployment.destroy(program, keep_protected=keep),
            dry_run=dry_run,
        )


@contextlib.contextmanager
def _beside(arguments: argparse.Namespace, selection: Selection) -> Iterator[Program | None]:
    """The program of an operation that runs it only if asked to: `--run-program`."""
    if not runs_program(arguments):
        yield None
        return
    selection.stack.require()
    program = launch(selection.project)
    try:
        yield program
    finally:
        program.kill()
