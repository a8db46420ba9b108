"""T1, O2, F1, F2: what holds for every resource, whatever it is."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

import pulumi_aws

from runbook_lib.outputs import StackOutputs

from .conftest import STACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Recorded, Stack

PROGRAM = sorted(STACK.glob("*.py"))
NAME_KEYS = ("name", "identifier", "bucket", "dashboardName")
IN_THEIR_API = ("Model", "RequestValidator")
"""Kinds whose names need only be unique within their own API."""
EXECUTION_LOG = "API-Gateway-Execution-Logs_"
"""API Gateway names this group after the API's id, which the mock makes of type and name alone."""


def own_name(resource: Recorded) -> str | None:
    """Give the name a resource is known by in its account, if the program chooses one."""
    kind = resource.type.rpartition(":")[2]
    if kind in IN_THEIR_API or (kind.startswith("Bucket") and kind != "Bucket"):
        return None  # a bucket's side resource names its bucket
    name = next((resource.inputs[key] for key in NAME_KEYS if isinstance(resource.inputs.get(key), str)), None)
    return None if name is None or name.startswith(EXECUTION_LOG) else name


def test_every_aws_resource_is_made_by_the_tagged_provider(stack: Stack) -> None:
    strangers = [one.id for one in stack.aws if "pulumi:providers:aws::aws::" not in one.provider]
    assert len(stack.aws) > 100
    assert strangers == []


def test_the_provider_tags_environment_and_migration_date_from_configuration(stack: Stack) -> None:
    [provider] = [one for one in stack.resources if one.type == "pulumi:providers:aws"]
    tags = provider.inputs["defaultTags"]
    tags = json.loads(tags) if isinstance(tags, str) else tags
    assert tags["tags"] == {
        "Environment": "staging",
        "ManagedBy": "pulumi",
        "Suffix": "t1",
        "MigrationDate": "2026-11-24",
        "Project": "payments",
    }


def test_every_name_ends_in_environment_and_suffix(stack: Stack) -> None:
    names = [name for one in stack.aws if (name := own_name(one)) is not None]
    # RDS puts one group per log type under the instance's name.
    wrong = [name for name in names if not re.search(r"[-/]staging-t1(/(postgresql|upgrade))?$", name)]
    assert len(names) > 40
    assert wrong == []


def test_two_suffixes_share_no_name(stack: Stack, build: Callable[..., Stack]) -> None:
    ours, theirs = ({own_name(one) for one in each.aws} - {None} for each in (stack, build(suffix="t2")))
    assert len(ours) == len(theirs) > 30
    assert ours & theirs == set()


def test_the_outputs_are_those_the_checks_know(stack: Stack) -> None:
    assert set(stack.outputs) == set(StackOutputs.model_fields)


def test_no_deprecated_class_or_argument_is_used(stack: Stack) -> None:
    """Passed by keyword, deprecated arguments warn of nothing: their getters carry the mark."""
    checked, offenders = 0, []
    for found in stack.aws:
        kind = _class_of(found.type)
        if "deprecated" in (kind.__doc__ or "").split("\n")[0].lower() or kind.__name__.endswith("V2"):
            offenders.append(found.id)
        for key in found.inputs:
            getter = getattr(kind, _snake(key), None)
            checked += 1
            if getter is not None and hasattr(getattr(getter, "fget", None), "_pulumi_deprecated_callable"):
                offenders.append(f"{found.id}.{key}")
    assert checked > 400
    assert offenders == []


def _class_of(token: str) -> Any:
    _, module, name = token.split(":")
    package = {"lambda": "lambda_"}.get(module.split("/")[0], module.split("/")[0])
    return getattr(getattr(pulumi_aws, package), name)


def _snake(key: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower()


def _trees() -> dict[str, ast.Module]:
    return {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in PROGRAM}


def test_every_component_registers_its_outputs_last() -> None:
    checked = 0
    for name, tree in _trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any("ComponentResource" in ast.unparse(base) for base in node.bases):
                [constructor] = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"]
                assert ast.unparse(constructor.body[-1]).startswith("self.register_outputs("), (name, node.name)
                assert ast.unparse(node).count("register_outputs(") == 1, (name, node.name)
                checked += 1
    assert checked >= 15


def test_no_resource_is_made_inside_apply() -> None:
    """It would be missing from the plan."""
    applied = [
        ast.unparse(call)
        for tree in _trees().values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "apply"
    ]
    assert applied
    assert [text for text in applied if "aws." in text] == []


def test_the_program_imports_neither_the_runbook_nor_boto3() -> None:
    imported = {
        alias
        for tree in _trees().values()
        for node in ast.walk(tree)
        for alias in (
            [item.name for item in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "pulumi_aws" in imported
    assert [name for name in imported if name.split(".")[0] in {"runbook_lib", "boto3", "botocore"}] == []


def test_no_engine_version_is_pinned_in_code() -> None:
    pinned = [path.name for path in PROGRAM if re.search(r"[\"']1[0-9]\.\d+[\"']", path.read_text(encoding="utf-8"))]
    assert pinned == []


def test_the_program_itself_is_short() -> None:
    assert len((STACK / "__main__.py").read_text(encoding="utf-8").splitlines()) < 60
