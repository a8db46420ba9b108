"""`pulumi stack`: making, selecting, looking at and removing stacks."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.backend import Backend, manifest
from runbook_lib.rehearsal.engine.errors import EngineError, UsageError
from runbook_lib.rehearsal.engine.locks import locked
from runbook_lib.rehearsal.engine.project import load_project
from runbook_lib.rehearsal.engine.selection import Selection, current, remember
from runbook_lib.rehearsal.engine.selection import select as selected
from runbook_lib.rehearsal.engine.serialize import masked_json
from runbook_lib.rehearsal.engine.state import deployment_from_json, deployment_to_json
from runbook_lib.rehearsal.engine.yaml_io import write_atomically

if TYPE_CHECKING:
    import argparse


def print_json(data: Any) -> None:
    """Write data to standard output."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def existing(arguments: argparse.Namespace, name: str | None = None) -> Selection:
    """The stack a command is about.

    Raises:
        StackNotFoundError: if the backend does not hold it.
    """
    selection = selected(name or arguments.stack, arguments.config_file)
    selection.stack.require()
    return selection


def as_text(value: Any) -> str:
    """A value as one line."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def init(arguments: argparse.Namespace) -> None:
    """Make a stack, with a salt for its secrets, and select it."""
    if arguments.secrets_provider not in {"passphrase", "default", ""}:
        raise UsageError(f"the embedded engine knows the passphrase secrets provider only, not {arguments.secrets_provider}")
    selection = selected(arguments.name or arguments.stack)
    stack, config = selection.stack, selection.config
    if stack.exists():
        raise EngineError(f"stack '{stack.full_name}' already exists")
    config.crypter.check()
    data = deployment_to_json([], [], manifest=manifest(), salt=config.crypter.salt)
    config.save()
    stack.write(json.dumps(data, separators=(",", ":")).encode())
    if not arguments.no_select:
        remember(selection.project, selection.backend, stack.full_name)
    sys.stdout.write(f"Created stack '{stack.name}'\n")


def select(arguments: argparse.Namespace) -> None:
    """Select a stack; with `--create` make it if there is none."""
    arguments.name = arguments.name or arguments.stack
    selection = selected(arguments.name)
    if not selection.stack.exists() and arguments.create:
        arguments.no_select = False
        init(arguments)
        return
    selection.stack.require()
    remember(selection.project, selection.backend, selection.stack.full_name)


def show(arguments: argparse.Namespace) -> None:
    """The stack, its resources and its outputs."""
    selection = existing(arguments)
    if getattr(arguments, "show_name", False):
        sys.stdout.write(f"{selection.stack.name}\n")
        return
    latest = selection.stack.checkpoint()
    deployment = deployment_from_json(latest, None)
    sys.stdout.write(f"Current stack is {selection.stack.name}:\n    Last updated: {latest['manifest']['time']}\n")
    sys.stdout.write(f"Current stack resources ({len(deployment.resources)}):\n")
    for resource in deployment.resources:
        sys.stdout.write(f"    {resource.type}  {resource.urn.rsplit('::', 1)[1]}\n")
    sys.stdout.write(f"Current stack outputs ({len(deployment.outputs())}):\n")
    for key, value in sorted(deployment.outputs().items()):
        sys.stdout.write(f"    {key}  {as_text(masked_json(value, ciphertext=False, texts=True))}\n")


def rm(arguments: argparse.Namespace) -> None:
    """Remove a stack."""
    if not arguments.yes:
        raise UsageError("--yes must be passed in non-interactive mode")
    selection = existing(arguments, arguments.name)
    remove(selection, force=arguments.force, preserve_config=arguments.preserve_config)
    sys.stdout.write(f"Stack '{selection.stack.name}' has been removed!\n")


def remove(selection: Selection, *, force: bool, preserve_config: bool) -> None:
    """Remove a stack's files and its configuration.

    Raises:
        EngineError: if it still has resources, unless forced.
    """
    stack = selection.stack
    with locked(stack):
        if stack.checkpoint().get("resources") and not force:
            raise EngineError(
                f"'{stack.name}' still has resources; removal rejected. Possible actions:\n"
                f"- Make sure that '{stack.name}' is the stack that you want to destroy\n"
                "- Run `pulumi destroy` to delete the resources, then run `pulumi stack rm`\n"
                "- Run `pulumi stack rm --force` to override this error"
            )
        stack.remove()
    if not preserve_config:
        selection.project.stack_file(stack.name, selection.config_file).unlink(missing_ok=True)
    if current(selection.project, selection.backend) in {stack.name, stack.full_name}:
        remember(selection.project, selection.backend, "")


def ls(arguments: argparse.Namespace) -> None:
    """List stacks."""
    project = load_project()
    backend = Backend.of(project)
    chosen = current(project, backend).rsplit("/", 1)[-1]
    rows = []
    for stack in backend.stacks(None if arguments.all else project.name):
        latest = stack.checkpoint()
        own = stack.project == project.name
        row = {"name": stack.name if own else stack.full_name, "current": own and stack.name == chosen}
        if latest.get("resources"):
            time = latest["manifest"]["time"]
            row |= {"lastUpdate": f"{time[:19]}.{(time[20:-1] + '000')[:3]}Z", "resourceCount": len(latest["resources"])}
        row["updateInProgress"] = any(stack.locks.glob("*.json"))
        rows.append(row)
    if arguments.json:
        print_json(rows)
        return
    for row in rows:
        sys.stdout.write(f"{row['name']}{'*' if row['current'] else ''}  {row.get('resourceCount', 0)} resources\n")


def rename(arguments: argparse.Namespace) -> None:
    """Refuse: a stack's name is in every URN."""
    raise UsageError(
        f"stack rename {arguments.name}: renaming a stack is outside the embedded engine; the real pulumi command does it, "
        "on the same state"
    )


def tag(arguments: argparse.Namespace) -> None:
    """Stack tags, in a file beside the checkpoint, as the file backend has them."""
    stack = existing(arguments).stack
    file = stack.file.with_name(f"{stack.name}.pulumi-tags")
    tags: dict[str, str] = json.loads(file.read_bytes()) if file.exists() else {}
    words = arguments.words
    if arguments.action == "ls":
        print_json(tags) if arguments.json else sys.stdout.write("".join(f"{key}  {tags[key]}\n" for key in sorted(tags)))
        return
    if len(words) != (2 if arguments.action == "set" else 1):
        raise UsageError(f"stack tag {arguments.action} wants a name{' and a value' if arguments.action == 'set' else ''}")
    if arguments.action == "get":
        if words[0] not in tags:
            raise EngineError(f"stack tag '{words[0]}' not found for stack '{stack.name}'")
        sys.stdout.write(f"{tags[words[0]]}\n")
        return
    changed = {**tags, words[0]: words[1]} if arguments.action == "set" else {k: v for k, v in tags.items() if k != words[0]}
    write_atomically(file, json.dumps(changed).encode())
