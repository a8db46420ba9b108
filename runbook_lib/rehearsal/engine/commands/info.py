"""`pulumi whoami`, `plugin ls`, `cancel`, `install`: small answers."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.backend import Backend
from runbook_lib.rehearsal.engine.errors import EngineError, UsageError
from runbook_lib.rehearsal.engine.locks import clear, user
from runbook_lib.rehearsal.engine.project import load_project
from runbook_lib.rehearsal.engine.selection import select

if TYPE_CHECKING:
    import argparse


def whoami(arguments: argparse.Namespace) -> None:
    """Print the user; with `--json` the backend too."""
    name = user()
    if not arguments.json:
        sys.stdout.write(f"{name}\n")
        return
    try:
        backend = Backend.of(load_project())
    except UsageError:
        raise
    except EngineError:
        backend = Backend.of(None)
    sys.stdout.write(json.dumps({"user": name, "url": backend.url}, indent=2) + "\n")


def plugins(arguments: argparse.Namespace) -> None:
    """List plugins: none are installed, they are found in Pulumi.yaml and on PATH."""
    if arguments.action[:1] != ["ls"]:
        raise UsageError(
            f"plugin {' '.join(arguments.action)}: the embedded engine neither downloads nor removes plugins; "
            "declare them under plugins.providers in Pulumi.yaml"
        )
    sys.stdout.write("[]\n" if arguments.json else "NAME  KIND  VERSION  SIZE  INSTALLED  LAST USED\n")


def cancel(arguments: argparse.Namespace) -> None:
    """Remove a stack's locks."""
    selection = select(arguments.name or arguments.stack)
    clear(selection.stack.require())
    sys.stdout.write(f"The currently running update for '{selection.stack.name}' has been canceled!\n")


def install(_arguments: argparse.Namespace) -> None:
    """Nothing to do: dependencies are the environment's, plugins are not downloaded."""
    sys.stdout.write("Nothing to install: the embedded engine uses this Python environment as it is.\n")
