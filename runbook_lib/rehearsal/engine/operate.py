"""`up`, `preview`, `refresh`, `destroy` and `import`: everything around the deployment itself."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.arguments import runs_program
from runbook_lib.rehearsal.engine.display import Display
from runbook_lib.rehearsal.engine.errors import (
    CancelledError,
    EngineError,
    NoChangesExpectedError,
    OperationFailedError,
    UsageError,
)
from runbook_lib.rehearsal.engine.event_log import FileLog, StreamLog, open_log
from runbook_lib.rehearsal.engine.events import EventStream
from runbook_lib.rehearsal.engine.history import Update
from runbook_lib.rehearsal.engine.journal import Journal
from runbook_lib.rehearsal.engine.locks import locked
from runbook_lib.rehearsal.engine.planning import Planning
from runbook_lib.rehearsal.engine.preview_json import PreviewDigest
from runbook_lib.rehearsal.engine.run import DEFAULT_PARALLEL, Options, Run
from runbook_lib.rehearsal.engine.sdk import without_sdk
from runbook_lib.rehearsal.engine.state import deployment_from_json
from runbook_lib.rehearsal.engine.targets import Targets
from runbook_lib.rehearsal.engine.update_plan import load, save

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from runbook_lib.rehearsal.engine.deployment import Deployment
    from runbook_lib.rehearsal.engine.events import Sink
    from runbook_lib.rehearsal.engine.project import Project
    from runbook_lib.rehearsal.engine.selection import Selection

SAVED = """Update plan written to '{0}'
Run `pulumi up --plan='{0}'` to constrain the update to the operations planned by this preview
"""
NO_CHANGES = frozenset({"same", "read", "discard", "discard-replaced", "read-replacement"})


def operate(
    kind: str,
    selection: Selection,
    arguments: argparse.Namespace,
    work: Callable[[Deployment], None],
    *,
    dry_run: bool,
) -> None:
    """Carry one operation out.

    Args:
        kind: What the history calls it: `update`, `refresh`, `destroy` or `resource-import`.
        selection: The project, the stack and its configuration.
        arguments: The command line.
        work: What to have the deployment do.
        dry_run: Whether this is a preview.

    Raises:
        EngineError: if it failed; the exception's class tells how.
    """
    stack = selection.stack.require()
    selection.config.crypter.check()
    with contextlib.nullcontext() if dry_run else locked(stack):
        run = _prepare(selection, arguments, dry_run=dry_run)
        update = Update(kind, getattr(arguments, "message", "") or "", selection.config.entries)
        before = dict(run.base.outputs())
        log = open_log(arguments.event_log) if getattr(arguments, "event_log", None) else None
        try:
            _carry_out(kind, run, selection, arguments, work, before=before, log=log)
        finally:
            if log:
                log.close()
            if not dry_run:
                update.record(stack, succeeded=not run.failed and not run.cancelled, changes=dict(run.events.changes))
    _judge(run, arguments, kind)
    if path := getattr(arguments, "save_plan", None):
        save(
            Path(path), run.planning.made, selection.config.entries, None if arguments.show_secrets else selection.config.crypter
        )
        if not arguments.json:
            sys.stderr.write(SAVED.format(path))


def _prepare(selection: Selection, arguments: argparse.Namespace, *, dry_run: bool) -> Run:
    config = selection.config.values()
    base = deployment_from_json(selection.stack.checkpoint(), selection.config.crypter)
    targets = Targets(
        include=getattr(arguments, "target", None) or [],
        exclude=getattr(arguments, "exclude", None) or [],
        replace=getattr(arguments, "replace", None) or [],
        dependents=bool(getattr(arguments, "target_dependents", False) or getattr(arguments, "exclude_dependents", False)),
    )
    if targets.include and targets.exclude:
        raise UsageError(
            "if any flags in the group [target exclude] are set none of the others can be; [exclude target] were all set"
        )
    targets.include += getattr(arguments, "target_replace", None) or []
    targets.replace += getattr(arguments, "target_replace", None) or []
    path = getattr(arguments, "plan", None)
    return Run(
        project=selection.project,
        stack=selection.stack.name,
        options=Options(
            dry_run=dry_run,
            parallel=min(max(getattr(arguments, "parallel", None) or DEFAULT_PARALLEL, 1), 256),
            continue_on_error=bool(getattr(arguments, "continue_on_error", False)),
            refresh=_refreshes(arguments, selection.project),
            run_program=runs_program(arguments),
            debug=bool(getattr(arguments, "debug", False)),
        ),
        targets=targets,
        config=config,
        base=base,
        journal=Journal(None if dry_run else selection.stack, base, selection.config.crypter),
        events=EventStream(planning=dry_run, secrets=[text for value in config.values() for text in value.secrets]),
        planning=Planning(
            load(Path(path), selection.config.crypter) if path else None, notes=bool(getattr(arguments, "save_plan", None))
        ),
    )


def _refreshes(arguments: argparse.Namespace, project: Project) -> bool:
    """Whether the operation begins with a refresh: what the command line says, else the project."""
    said = getattr(arguments, "refresh", None)
    return project.always_refreshes if said in {None, ""} else said in {"true", True}


def _carry_out(
    kind: str,
    run: Run,
    selection: Selection,
    arguments: argparse.Namespace,
    work: Callable[[Deployment], None],
    *,
    before: dict[str, object],
    log: FileLog | StreamLog | None,
) -> None:
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"  # children are started by exec; grpc would warn about each
    without_sdk()
    from runbook_lib.rehearsal.engine.deployment import Deployment

    del os.environ["GRPC_ENABLE_FORK_SUPPORT"]  # what the program does is its own business
    events = run.events
    suppress = bool(getattr(arguments, "suppress_outputs", False))
    digest = PreviewDigest(suppress_outputs=suppress) if getattr(arguments, "json", False) else None
    display = None
    if digest is None:
        progress = bool(getattr(arguments, "suppress_progress", False))
        display = Display(kind, run.stack, events, suppress_outputs=suppress, suppress_progress=progress)
    shown: Sink | None = digest or display
    for sink in (shown, log):
        if sink is not None:
            events.attach(sink)
    events.prelude({key: "[secret]" if value.secret else value.text for key, value in run.config.items()})
    _warn_of_pending(run)
    if getattr(arguments, "clear_pending_creates", False):
        run.journal.forget_unresolved()
    try:
        with Deployment(run, selection.backend) as deployment:
            work(deployment)
    except EngineError as error:
        run.fail(str(error))
    finally:
        run.settle_outputs()
        run.journal.commit()
        if run.failed_urns:
            root = run.base.root() or next((item for item in run.done.values() if "::pulumi:pulumi:Stack::" in item.urn), None)
            events.diagnostic("error", f"{'preview' if run.dry_run else 'update'} failed", root.urn if root else "")
        events.summary(succeeded=not run.failed and not run.cancelled)
        events.end()
    if digest:
        sys.stdout.write(digest.text(events.elapsed()) + "\n")
    elif display:
        root = next((item for item in run.journal.resources() if item.type == "pulumi:pulumi:Stack"), None)
        display.finish(root, before, succeeded=not run.failed and not run.cancelled)


def _warn_of_pending(run: Run) -> None:
    if not run.base.pending:
        return
    listed = "\n".join(f"  * {item.resource.urn}, interrupted while {item.type}" for item in run.base.pending)
    run.events.diagnostic(
        "warning",
        f"Attempting to deploy or update resources with {len(run.base.pending)} pending operations from previous "
        f"deployment.\n{listed}\nThese resources are in an unknown state because the Pulumi CLI was interrupted while "
        "waiting for changes to these resources to complete. Look at them, then run `pulumi refresh` "
        "(with --clear-pending-creates if they do not exist).",
    )


def _judge(run: Run, arguments: argparse.Namespace, kind: str) -> None:
    """Turn what happened into how the command ends."""
    if run.cancelled:
        raise CancelledError(f"{kind} canceled")
    if run.failed:
        raise OperationFailedError("")
    last = not run.dry_run or arguments.command == "preview" or getattr(arguments, "preview_only", False)
    if last and run.events.changes.keys() - NO_CHANGES and getattr(arguments, "expect_no_changes", False):
        raise NoChangesExpectedError(
            f"no changes were expected for {kind} but changes {'were proposed' if run.dry_run else 'occurred'}"
        )
