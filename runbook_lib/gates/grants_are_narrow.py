"""No policy allows a wildcard action, or everything to an action whose resource can be named."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, resources
from runbook_lib.judgement import Judgement
from runbook_lib.snapshot.policies import WITHOUT_RESOURCE, Document, Statement, documents, names_none, statements

# API Gateway checks the account's one logging role for log actions on every group before it takes it.
LOGGING_ROLE = "payments:api:ApiGatewayAccount$"
# A key policy's resource * is the key itself.
KEY_POLICY = "aws:kms/key:Key"
DOCUMENTS = ("policy", "assumeRolePolicy", "inlinePolicies")
MANAGED = ("policyArn", "managedPolicyArns")
TOO_MUCH = ("AdministratorAccess", "PowerUserAccess", "FullAccess", "ReadOnlyAccess")


@gate(requirement=("A2", "K1"), title="Policies name their actions, resources and principals")
def grants_are_narrow(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """A document that names something not made yet is known only after the update: ``04_verify`` judges it live."""
    read, later = 0, []
    for op in resources(plan):
        if COMPUTED in map(op.inputs.get, DOCUMENTS):
            later.append(op.name)
        found = list(documents(op.inputs))
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


def _wrong(op: Operation, document: Document) -> Iterator[str]:
    for statement in statements(document):
        if statement.allows:
            yield from (action for action in statement.actions if set(action) & set("*?"))
            yield from ("everything but " + action for action in statement.all_actions_but)
            if statement.open_to_everybody:
                yield "everybody"
            whole = next(filter(names_none, statement.resources), "")
            if op.type != KEY_POLICY and whole:
                yield from (f"{action} on {whole}" for action in _nameable(op, statement))


def _nameable(op: Operation, statement: Statement) -> Iterator[str]:
    """The statement's actions whose resources could be named."""
    for action in statement.actions:
        for_logging_role = LOGGING_ROLE in op.urn and action.startswith("logs:")
        if action not in WITHOUT_RESOURCE and not for_logging_role:
            yield action
