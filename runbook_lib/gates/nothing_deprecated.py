"""No deprecated class, property or function of pulumi-aws is used, and nothing that AWS itself has given up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook_lib import documented
from runbook_lib.gates.registry import GateContext, Judgements, Operation, Plan, gate, judge, resources
from runbook_lib.gates.sdk import uses
from runbook_lib.judgement import Judgement, unknown

GIVEN_UP = re.compile(
    r"deprecat|obsolete|no longer (?:supported|available|maintained)|(?:be|is) removed|end[- ]of[- ](?:life|support)",
    re.IGNORECASE,
)
"""How what is not to be used any more is spoken of, by Pulumi, its providers and AWS."""


@gate(requirement=("F2",), title="No deprecated resource class, property or function")
def nothing_deprecated(plan: Plan, context: GateContext) -> Judgements:
    """F2 is the second of the six failures: Pulumi is silent about deprecated inputs, and only warns of functions.

    What pulumi-aws does not have is UNKNOWN: it may be what a release before or after this one calls deprecated.
    """
    for warning in context.warnings:
        if GIVEN_UP.search(warning):
            yield judge(
                "the program",
                ok=False,
                good="",
                bad=f"Pulumi warns: {warning}",
                remedy="Use what the warning names instead.",
            )
    planned = list(resources(plan))
    for op in planned:
        yield from _of_the_sdk(op)
        for given_up in documented.given_up(op.type, op.inputs):
            yield judge(
                op.name,
                ok=False,
                good="",
                bad=f"{op.name} ({op.type}) uses {given_up.what}: {given_up.says}.",
                remedy=f"{given_up.instead} {given_up.source}",
            )
    yield judge(
        f"{len(planned)} resources",
        ok=bool(planned),
        good=f"The classes and properties of {len(planned)} resources were looked up in pulumi-aws and in AWS's own notices.",
        bad="The plan holds no AWS resource to look up.",
        remedy="Plan again; a plan without resources shows nothing.",
    )


def _of_the_sdk(op: Operation) -> Iterator[Judgement]:
    try:
        used = list(uses(op.type, op.inputs))
    except ValueError as error:
        yield unknown(op.name, f"{op.name} ({op.type}): {error}; nobody can tell what of it is deprecated.")
        return
    strange = sorted({use.path for use in used if not use.known})
    if strange:
        yield unknown(op.name, f"{op.name} ({op.type}) sets {', '.join(strange)}, which this pulumi-aws does not have.")
    for use in used:
        if use.deprecated:
            yield judge(
                op.name,
                ok=False,
                good="",
                bad=f"{op.name} ({op.type}) uses the deprecated {use.path or 'class'}.",
                remedy=use.deprecated,
            )
