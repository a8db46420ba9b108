"""`pulumi state unprotect`, `protect`, `delete` and `rename`: the record is changed, and nothing that it stands for."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.backend import manifest
from runbook_lib.rehearsal.engine.commands.stack import existing
from runbook_lib.rehearsal.engine.errors import EngineError, UsageError
from runbook_lib.rehearsal.engine.locks import locked
from runbook_lib.rehearsal.engine.state import Deployment, deployment_from_json, deployment_to_json, resource_to_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from runbook_lib.rehearsal.engine.state import Resource


def unprotect(arguments: argparse.Namespace) -> None:
    """Take the protection from resources."""
    _set_protection(arguments, protect=False)


def protect(arguments: argparse.Namespace) -> None:
    """Protect resources."""
    _set_protection(arguments, protect=True)


def delete(arguments: argparse.Namespace) -> None:
    """Take resources off the record; they themselves stay."""
    if arguments.all and arguments.urns:
        raise EngineError("cannot specify a resource URN when deleting all resources")
    _require_urns(arguments)

    def edit(deployment: Deployment) -> None:
        chosen = list(deployment.resources) if arguments.all else [_found(deployment, urn) for urn in arguments.urns]
        for resource in sorted(chosen, key=deployment.resources.index, reverse=True):
            if resource in deployment.resources:  # and has not gone with one that it depends on
                _delete(deployment, resource, force=arguments.force, dependents=arguments.target_dependents)

    _edit(arguments, edit)
    count = len(arguments.urns)
    said = "Resources deleted" if arguments.all else "Resource deleted" if count == 1 else f"{count} resources deleted"
    sys.stdout.write(f"{said}\n")


def rename(arguments: argparse.Namespace) -> None:
    """Give a resource another name on record, and to whatever refers to it."""

    def edit(deployment: Deployment) -> None:
        resource = _found(deployment, arguments.urn)
        renamed = f"{arguments.urn.rpartition('::')[0]}::{arguments.name}"
        if renamed != arguments.urn and any(item.urn == renamed for item in deployment.resources):
            raise EngineError("The chosen new urn for the state corresponds to an already existing resource")
        deployment.resources = [item.renamed({arguments.urn: renamed}) for item in deployment.resources]
        resource.urn = renamed

    _edit(arguments, edit)
    sys.stdout.write("Resource renamed\n")


def _set_protection(arguments: argparse.Namespace, *, protect: bool) -> None:
    _require_urns(arguments)
    done = "protected" if protect else "unprotected"

    def edit(deployment: Deployment) -> None:
        live = deployment.live()
        if missing := [urn for urn in arguments.urns if urn not in live]:
            raise EngineError("\n".join(f'No such resource "{urn}" exists in the current state' for urn in missing))
        for urn in live if arguments.all else arguments.urns:
            live[urn].protect = protect

    _edit(arguments, edit)
    sys.stdout.write(f"All resources {done}\n" if arguments.all else f"{len(arguments.urns)} resources {done}\n")


def _require_urns(arguments: argparse.Namespace) -> None:
    if not arguments.all and not arguments.urns:
        raise UsageError(
            "missing required argument in non-interactive mode: resource URN (`pulumi stack --show-urns` lists them)"
        )


def _found(deployment: Deployment, urn: str) -> Resource:
    found = [resource for resource in deployment.resources if resource.urn == urn]
    if not found:
        raise EngineError(f'No such resource "{urn}" exists in the current state')
    if len(found) > 1:
        raise EngineError("The input URN ambiguously refers to multiple resources")
    return found[0]


def _delete(deployment: Deployment, resource: Resource, *, force: bool, dependents: bool) -> None:
    """Take one resource off the record, with whatever depends on it if that was asked for.

    Raises:
        EngineError: It, or what would go with it, is protected; or others depend on it.
    """
    going = [resource]
    for each in deployment.resources:  # in the order of dependencies
        if each is not resource and each.needs() & {item.urn for item in going}:
            going.append(each)
    if len(going) > 1 and not dependents:
        listed = "".join(f' * "{item.urn.rpartition("::")[2]}" ({item.urn})\n' for item in going[1:])
        raise EngineError(
            f"{resource.urn} can't be safely deleted because the following resources depend on it:\n{listed}\n"
            "Delete those resources first or pass --target-dependents."
        )
    for each in going:
        if each.protect and not force:
            raise EngineError(
                f"{each.urn} can't be safely deleted because it is protected. Re-run this command with --force to force deletion"
            )
        if each.protect:
            sys.stderr.write(f"warning: deleting protected resource {each.urn} due to presence of --force\n")
    deployment.resources = [item for item in deployment.resources if not any(item is each for each in going)]


def _edit(arguments: argparse.Namespace, change: Callable[[Deployment], None]) -> None:
    """Change a stack's record, whole or not at all."""
    if not arguments.yes:
        raise UsageError("--yes must be passed in to proceed when running in non-interactive mode")
    selection = existing(arguments)
    crypter = selection.config.crypter
    with locked(selection.stack):
        deployment = deployment_from_json(selection.stack.checkpoint(), crypter)
        change(deployment)
        rows = [resource_to_json(resource, crypter) for resource in deployment.resources]
        pending = [{"resource": resource_to_json(item.resource, crypter), "type": item.type} for item in deployment.pending]
        data = deployment_to_json(rows, pending, manifest=manifest(), salt=crypter.salt)
        selection.stack.write(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode())


def refuse(arguments: argparse.Namespace) -> None:
    """Refuse what the real command does to a record and this engine does not."""
    raise UsageError(
        f"state {arguments.subcommand} is outside the embedded engine; the real pulumi command does it, on the same state"
    )
