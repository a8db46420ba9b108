"""`pulumi import`: adopting resources that exist already."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.errors import UsageError
from runbook_lib.rehearsal.engine.goal import Goal
from runbook_lib.rehearsal.engine.operate import operate
from runbook_lib.rehearsal.engine.selection import select
from runbook_lib.rehearsal.engine.serialize import masked_json
from runbook_lib.rehearsal.engine.urn import STACK_TYPE

if TYPE_CHECKING:
    import argparse

    from runbook_lib.rehearsal.engine.deployment import Deployment
    from runbook_lib.rehearsal.engine.registration import Registrar
    from runbook_lib.rehearsal.engine.state import Resource

PARTS = 3


def run(arguments: argparse.Namespace) -> None:
    """Import the resources of a file, or one given as type, name and id."""
    if not arguments.yes:
        raise UsageError("--yes or --skip-preview must be passed in to proceed when running in non-interactive mode")
    selection = select(arguments.stack, arguments.config_file)
    resources, names = _wanted(arguments)
    imported: list[Resource] = []

    def work(registrar: Registrar) -> None:
        root = _root(registrar, selection.project.name, selection.stack.name)
        goals = [_goal(item, names, root, protect=arguments.protect == "true") for item in resources]
        imported.extend(registrar.adopt(goal) for goal in goals)

    def adopt(deployment: Deployment) -> None:
        deployment.import_resources(work)

    operate("resource-import", selection, arguments, adopt, dry_run=False)
    if arguments.out:
        Path(arguments.out).write_text("".join(_code(resource) for resource in imported), encoding="utf-8")


def _wanted(arguments: argparse.Namespace) -> tuple[list[dict[str, Any]], dict[str, str]]:
    if arguments.file:
        try:
            data = json.loads(Path(arguments.file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(f"could not read the import file {arguments.file}: {error}") from error
        return data.get("resources") or [], data.get("nameTable") or {}
    if len(arguments.resource) != PARTS:
        raise UsageError("import wants --file, or a type, a name and an id")
    kind, name, identity = arguments.resource
    return [{"type": kind, "name": name, "id": identity}], {}


def _root(registrar: Registrar, project: str, stack: str) -> str:
    """The stack's own resource: what is imported is its child."""
    return registrar.keep(Goal(type=STACK_TYPE, name=f"{project}-{stack}", custom=False, properties={})).urn


def _goal(item: dict[str, Any], names: dict[str, str], root: str, *, protect: bool) -> Goal:
    missing = {"type", "name"} - item.keys()
    if missing or not (item.get("id") or item.get("component")):
        raise UsageError(f"import file: resource {item.get('name') or item} lacks {', '.join(sorted(missing)) or 'id'}")
    for key in ("parent", "provider"):
        if item.get(key) and item[key] not in names:
            raise UsageError(f"import file: nameTable does not say which URN '{item[key]}' is")
    if item.get("provider"):
        raise UsageError("import file: explicit providers are outside the embedded engine; import with the default one")
    return Goal(
        type=item["type"],
        name=item["name"],
        custom=not item.get("component"),
        properties={},
        parent=names[item["parent"]] if item.get("parent") else root,
        version=item.get("version") or "",
        protect=protect,
        import_id=item.get("id") or "",
    )


def _code(resource: Resource) -> str:
    """What was found, as a comment to write a declaration from: naming its Python class takes the package's schema."""
    inputs = json.dumps(masked_json(resource.inputs, ciphertext=False, texts=True), indent=4, ensure_ascii=False)
    lines = [f"{resource.type} {resource.urn.rsplit('::', 1)[1]} (id {resource.id})", *inputs.splitlines()]
    return "".join(f"# {line}\n" for line in lines) + "\n"
