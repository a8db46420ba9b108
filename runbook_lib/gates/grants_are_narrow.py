"""No policy allows a wildcard action, or everything to an action whose resource can be named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, resources
from runbook_lib.judgement import Judgement
from runbook_lib.snapshot.policies import WITHOUT_RESOURCE, Statement, statements

# API Gateway checks the account's one logging role for log actions on every group before it takes it.
LOGGING_ROLE = "payments:api:ApiGatewayAccount$"
# A key policy's resource * is the key itself.
KEY_POLICY = "aws:kms/key:Key"
DOCUMENTS = ("policy", "assumeRolePolicy", "inlinePolicies")
MANAGED = ("policyArn", "managedPolicyArns")
# All there is of a service, or all of one type: no name is left in the ARN. In S3 what stands first is the bucket.
WHOLE = re.compile(r"^(?:[*?]+|[A-Za-z][\w-]*[/:][*?]+)(?:[/:][*?]+)*$")
WHOLE_OF_S3 = re.compile(r"^[*?]+(?:/.*)?$")
TOO_MUCH = ("AdministratorAccess", "PowerUserAccess", "FullAccess", "ReadOnlyAccess")


@gate(requirement=("A2", "K1"), title="Policies name their actions, resources and principals")
def grants_are_narrow(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """A document that names something not made yet is known only after the update: ``04_verify`` judges it live."""
    read, later = 0, []
    for op in resources(plan):
        if COMPUTED in map(op.inputs.get, DOCUMENTS):
            later.append(op.name)
        found = list(_documents(op.inputs))
        read += len(found)
        wrong = sorted({what for document in found for what in _wrong(op, document)})
        if wrong:
            yield _refused(op, wrong)
        attached = [arn for arn in map(str, filter(None, map(op.inputs.get, MANAGED))) if any(t in arn for t in TOO_MUCH)]
        if attached:
            yield _refused(op, attached)
    yield judge(
        f"{read} policies",
        ok=read > 0,
        good=f"{read} policies were read; known only after the update: {', '.join(sorted(set(later))) or 'none'}.",
        bad="The plan holds no policy that can be read.",
        remedy="Plan again: trust policies at least are always known.",
    )


def _refused(op: Operation, grants: list[str]) -> Judgement:
    return judge(
        op.name,
        ok=False,
        good="",
        bad=f"{op.name} ({op.type}) allows {', '.join(grants)}.",
        remedy="Name the actions and what they act on.",
    )


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    """The policy documents in a resource's inputs, wherever they are: as JSON text, or as an object."""
    if isinstance(value, str) and value.lstrip().startswith("{") and '"Statement"' in value:
        value = json.loads(value)
    if isinstance(value, dict) and "Statement" in value:
        yield value
    elif isinstance(value, dict):
        yield from (found for each in value.values() for found in _documents(each))
    elif isinstance(value, list):
        yield from (found for each in value for found in _documents(each))


def _wrong(op: Operation, document: dict[str, Any]) -> Iterator[str]:
    for statement in statements(document):
        if statement.allows:
            yield from (action for action in statement.actions if set(action) & set("*?"))
            yield from ("everything but " + action for action in statement.all_actions_but)
            if statement.open_to_everybody:
                yield "everybody"
            whole = next(filter(_whole, statement.resources), "")
            if op.type != KEY_POLICY and whole:
                yield from (f"{action} on {whole}" for action in _nameable(op, statement))


def _whole(resource: str) -> bool:
    """Whether a resource is everything, or everything of a service or a type."""
    parts = resource.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:  # noqa: PLR2004 - an ARN's
        return resource == "*"
    return bool((WHOLE_OF_S3 if parts[2] == "s3" else WHOLE).match(parts[5]))


def _nameable(op: Operation, statement: Statement) -> Iterator[str]:
    """The statement's actions whose resources could be named."""
    for action in statement.actions:
        for_logging_role = LOGGING_ROLE in op.urn and action.startswith("logs:")
        if action not in WITHOUT_RESOURCE and not for_logging_role:
            yield action
