"""No policy allows a wildcard action, or everything to an action whose resource can be named, or lets everybody in."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_lib.gates.registry import GateContext, Judgements, Operation, Plan, gate, judge, policies_known_later, resources
from runbook_lib.judgement import unknown
from runbook_lib.snapshot.escalation import escalations
from runbook_lib.snapshot.policies import Document, Statement, documents, names_none, statements, without_resource

# API Gateway checks the account's one logging role for log actions on every group before it takes it.
LOGGING_ROLE = "payments:api:ApiGatewayAccount$"
# Resource policies that belong to the account: elsewhere the resource * is the one that the policy is on.
OF_THE_ACCOUNT = {
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "aws:glue/resourcePolicy:ResourcePolicy",
    "aws:xray/resourcePolicy:ResourcePolicy",
}


ASKED_BY_SERVICES = ("aws:sqs/queue", "aws:sns/topic", "aws:cloudwatch/eventBusPolicy:")
"""Types whose policies let a service in: unless they say on whose behalf, anybody can have it act (confused deputy)."""


@gate(requirement=("A2", "K1"), title="Policies name their actions, resources and principals")
def grants_are_narrow(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """A document that names something not made yet is known only after the update: ``03_deploy`` judges it then."""
    read, later = 0, policies_known_later(plan)
    for op in resources(plan):
        hidden = [name for name in op.secrets if "polic" in name.lower()]
        if hidden:
            yield unknown(op.name, f"{op.name} ({op.type}) keeps {', '.join(hidden)} secret: nobody can tell what it allows.")
        try:
            found = list(documents(op.inputs))
            wrong = sorted({what for document in found for what in _wrong(op, document)})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            said = f"{op.name} ({op.type}) holds a policy that is none: {type(error).__name__}: {error}."
            yield judge(op.name, ok=False, good="", bad=said, remedy="Write it as the IAM policy grammar has it.")
            continue
        read += len(found)
        if wrong:
            yield judge(
                op.name,
                ok=False,
                good="",
                bad=f"{op.name} ({op.type}) allows {', '.join(wrong)}.",
                remedy="Name the actions, what they act on, and who may do so.",
            )
    yield judge(
        f"{read} policies",
        ok=read > 0,
        good=f"{read} policies were read; known only after the update: {', '.join(sorted(later)) or 'none'}.",
        bad="The plan holds no policy that can be read.",
        remedy="Plan again: trust policies at least are always known.",
    )


def _wrong(op: Operation, document: Document) -> Iterator[str]:
    yield from escalations(statements(document))
    for statement in statements(document):
        if statement.allows:
            yield from (action for action in statement.actions if set(action) & set("*?"))
            yield from ("everything but " + action for action in statement.all_actions_but)
            if statement.open_to_everybody:
                yield "everybody"
            if op.type.startswith(ASKED_BY_SERVICES):
                yield from (f"{who}, for whomever it acts" for who in statement.for_anybody)
            yield from (f"whomever {provider} vouches for" for provider in statement.vouched_by)
            whole = next(filter(names_none, statement.resources), "")
            if whole and (not statement.principals or op.type in OF_THE_ACCOUNT):
                yield from (f"{action} on {whole}" for action in _nameable(op, statement))


def _nameable(op: Operation, statement: Statement) -> Iterator[str]:
    """The statement's actions whose resources could be named."""
    for action in statement.actions:
        for_logging_role = LOGGING_ROLE in op.urn and action.startswith("logs:")
        if not without_resource(action) and not for_logging_role:
            yield action
