"""`pulumi stack output`, `export`, `import` and `history`: a stack's records."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine import history as histories
from runbook_lib.rehearsal.engine.backend import manifest, refuse_unknown_format
from runbook_lib.rehearsal.engine.commands.stack import as_text, existing, print_json
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.locks import locked
from runbook_lib.rehearsal.engine.passphrase import Crypter
from runbook_lib.rehearsal.engine.serialize import masked_json, serialize
from runbook_lib.rehearsal.engine.state import deployment_from_json, deployment_to_json, resource_to_json
from runbook_lib.rehearsal.engine.values import without_secrets

if TYPE_CHECKING:
    import argparse

    from runbook_lib.rehearsal.engine.selection import Selection
    from runbook_lib.rehearsal.engine.state import Deployment


def output(arguments: argparse.Namespace) -> None:
    """The stack's outputs; a secret is shown only with `--show-secrets`, or when asked for by name in JSON with it."""
    selection = existing(arguments)
    crypter = selection.config.crypter if arguments.show_secrets else None
    outputs = deployment_from_json(selection.stack.checkpoint(), crypter).outputs()
    data = {
        key: serialize(without_secrets(value), None)
        if arguments.show_secrets
        else masked_json(value, ciphertext=False, texts=True)
        for key, value in sorted(outputs.items())
    }
    if arguments.name:
        if arguments.name not in data:
            raise EngineError(f"current stack does not have output property '{arguments.name}'")
        print_json(data[arguments.name]) if arguments.json else sys.stdout.write(f"{as_text(data[arguments.name])}\n")
    elif arguments.json:
        print_json(data)
    else:
        sys.stdout.write(f"Current stack outputs ({len(data)}):\n")
        for key, value in data.items():
            sys.stdout.write(f"    {key}  {as_text(value)}\n")


def export(arguments: argparse.Namespace) -> None:
    """Print the deployment; secrets stay encrypted unless `--show-secrets`."""
    selection = existing(arguments)
    latest = selection.stack.checkpoint()
    if arguments.show_secrets:
        deployment = deployment_from_json(latest, selection.config.crypter)
        latest = _rewritten(latest, deployment, None)
    text = json.dumps({"version": 3, "deployment": latest}, indent=4, ensure_ascii=False) + "\n"
    if arguments.file:
        Path(arguments.file).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def _rewritten(latest: dict[str, Any], deployment: Deployment, crypter: Any) -> dict[str, Any]:
    rows = [resource_to_json(resource, crypter) for resource in deployment.resources]
    pending = [{"resource": resource_to_json(item.resource, crypter), "type": item.type} for item in deployment.pending]
    parts = {"resources": rows, "pending_operations": pending}
    return {**latest, **{key: value for key, value in parts.items() if value}}


def import_(arguments: argparse.Namespace) -> None:
    """Replace the deployment by an exported one."""
    selection = existing(arguments)
    text = Path(arguments.file).read_text(encoding="utf-8") if arguments.file else sys.stdin.read()
    try:
        data = json.loads(text)
    except ValueError as error:
        raise EngineError(f"could not read the deployment: {error}") from error
    refuse_unknown_format(data, "the deployment")
    _import(selection, data.get("deployment") or {}, force=arguments.force)
    sys.stdout.write("Import complete.\n")


def _import(selection: Selection, data: dict[str, Any], *, force: bool) -> None:
    theirs = ((data.get("secrets_providers") or {}).get("state") or {}).get("salt") or ""
    reader = Crypter(theirs) if theirs else selection.config.crypter
    deployment = deployment_from_json(data, reader)
    for operation in deployment.pending:
        sys.stderr.write(f"warning: removing pending operation '{operation.type}' on '{operation.resource.urn}' from snapshot\n")
    deployment.pending = []
    wrong = [item.urn for item in deployment.resources if item.urn.split("::")[0] != f"urn:pulumi:{selection.stack.name}"]
    if wrong and not force:
        raise EngineError(
            f"resource '{wrong[0]}' is from a different stack than '{selection.stack.name}'; use --force to import anyway"
        )
    shell = deployment_to_json([], [], manifest=data.get("manifest") or manifest(), salt=selection.config.crypter.salt)
    with locked(selection.stack):
        final = _rewritten(shell, deployment, selection.config.crypter)
        selection.stack.write(json.dumps(final, separators=(",", ":"), ensure_ascii=False).encode())


def history(arguments: argparse.Namespace) -> None:
    """What was done to the stack, newest first."""
    selection = existing(arguments)
    rows = [
        {
            "version": entry.get("version", 0),
            "kind": entry["kind"],
            "startTime": histories.iso(entry["startTime"]),
            "message": entry["message"],
            "environment": entry["environment"],
            "config": {
                key: _past(value, selection, show=arguments.show_secrets) for key, value in (entry.get("config") or {}).items()
            },
            "result": entry["result"],
            "endTime": histories.iso(entry["endTime"]),
            "resourceChanges": entry.get("resourceChanges") or {},
        }
        for entry in histories.entries(selection.stack, page_size=arguments.page_size, page=arguments.page)
    ]
    if arguments.json:
        print_json(rows)
        return
    for row in rows:
        sys.stdout.write(f"{row['startTime']}  {row['kind']}  {row['result']}  {row['message']}\n")


def _past(value: Any, selection: Selection, *, show: bool) -> dict[str, Any]:
    """A configuration value of the history."""
    if isinstance(value, dict) and value.keys() == {"secure"}:
        plain = {"value": selection.config.crypter.decrypt(value["secure"])} if show else {}
        return {**plain, "secret": True}
    if isinstance(value, dict | list):
        return {"value": json.dumps(value, separators=(",", ":")), "objectValue": value, "secret": False}
    return {"value": as_text(value), "secret": False}
