"""Nothing but the load balancer and the API is given a public address, a public list or a way in without asking who comes."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_lib.documented import values_at
from runbook_lib.exposure import BY_NATURE, UNLESS, not_known, opened, opened_type, type_not_known
from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, known_later, shown

METHOD, ROUTE = "aws:apigateway/method:Method", "aws:apigatewayv2/route:Route"

REMEDY = "Put it into private subnets, behind the load balancer or the API, or ask who comes."


@gate(requirement=("N3", "P1", "S1"), title="Nothing is made public, and no API is open to whoever comes")
def nothing_is_public(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """Whom a policy lets in, ``grants_are_narrow`` reads; from where, ``nothing_faces_internet``."""
    planned = list(shown(plan))
    for op in planned:
        wrong = [*opened(op.inputs), *opened_type(op), *_of_its_type(op)]
        if wrong:
            bad = f"{op.name} ({op.type}) is open to everybody: {', '.join(sorted(set(wrong)))}."
            yield judge(op.name, ok=False, good="", bad=bad, remedy=REMEDY)
        elif later := [*not_known(op.inputs), *type_not_known(op)]:
            yield known_later(op, later)
    yield judge(
        f"{len(planned)} resources",
        ok=bool(planned),
        good=f"{len(planned)} resources were read for settings that open them to everybody.",
        bad="The plan holds no AWS resource.",
        remedy="Plan again; a plan without resources shows nothing.",
    )


def _of_its_type(op: Operation) -> Iterator[str]:
    if op.type.startswith(BY_NATURE):
        yield "that is what it is for"
    if op.type in UNLESS:
        path, closed = UNLESS[op.type]
        found = values_at(op.inputs, path.split("."))
        if not found or (closed and not all(value in (*closed, COMPUTED) for value in found)):
            yield f"{path} is {found[0] if found else 'not set'}"
    asked = op.inputs.get("authorization" if op.type == METHOD else "authorizationType") or "NONE"
    keyless = asked == "NONE" and op.inputs.get("apiKeyRequired") is not True
    if op.type in {METHOD, ROUTE} and keyless and op.inputs.get("httpMethod") != "OPTIONS":  # what a browser asks before it asks
        yield "it asks neither for a key nor who comes"
