"""Runs and plans to make a decision page of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from unit.versions import judging

from runbook_lib import costs, decision
from runbook_lib.aws import Target
from runbook_lib.facts import RunFacts
from runbook_lib.plan import Plan
from runbook_lib.results import Finding, Status, StepResult
from runbook_lib.settings import EngineKind

STACK = "urn:pulumi:staging::payments"
ROOT = f"{STACK}::pulumi:pulumi:Stack::payments-staging"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
FOUND = judging.judged().model_dump(mode="json")
FACTS = RunFacts.model_construct(
    run="20261124T000000Z-abcdef",
    environment="staging",
    rehearsal=True,
    reason="because",
    operator="ada@build-7",
    caller="arn:aws:iam::111122223333:user/ada",
    commit="c0ffee",
    engine=EngineKind.EMBEDDED,
    target=Target(region="us-east-1", account="111122223333"),
)


def urn(type_: str, name: str) -> str:
    return f"{STACK}::{type_}::{name}"


def step(
    op: str, type_: str, name: str, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None, **more: Any
) -> dict:
    """A step as Pulumi announces it."""
    flags = {key: more.pop(key) for key in ("parent", "retainOnDelete") if key in more}
    states = {"old": old, "new": new}
    if op in {"create", "import"}:
        states["old"] = None
    if op in {"delete", "discard"}:
        states["new"] = None
    changed = sorted(key for key in {**(old or {}), **(new or {})} if (old or {}).get(key) != (new or {}).get(key))
    return {
        "op": op,
        "urn": urn(type_, name),
        "type": type_,
        "provider": f"{STACK}::pulumi:providers:aws::aws::id",
        **{key: {"parent": ROOT, "inputs": state or {}, **flags} if state is not None else None for key, state in states.items()},
        "diffs": changed if op == "update" else None,
        **more,
    }


def replaced(
    type_: str, name: str, old: dict[str, Any], new: dict[str, Any], *, keys: list[str], first: str = "create", **more: Any
) -> list[dict]:
    """The three steps of a replacement, in the order in which they are done."""
    steps = [step(op, type_, name, old, new, keys=keys, **more) for op in ("create-replacement", "replace", "delete-replaced")]
    return steps if first == "create" else steps[::-1]


def finding(status: Status, check: str = "a_gate", message: str = "It is so.", remedy: str = "") -> Finding:
    return Finding(check=check, requirement=("D1",), status=status, resource="r", message=message, remedy=remedy)


def result(
    *steps: dict[str, Any],
    findings: tuple[Finding, ...] = (finding(Status.PASS),),
    needs: dict | None = None,
    warnings: tuple[str, ...] = (),
    outside: tuple[dict[str, Any], ...] = (),
) -> StepResult:
    """What 02 puts on record of a plan."""
    plan = Plan.of(steps)
    today = date(2026, 11, 24)
    after = costs.estimate(plan.operations, region="us-east-1", today=today)
    cost = decision.change_of_cost(plan, after, region="us-east-1", today=today)
    return StepResult(
        step="02_plan",
        started=NOW,
        finished=NOW,
        parameters={},
        findings=findings,
        data={
            "digest": plan.digest,
            "operations": [op.model_dump(mode="json") for op in plan.operations],
            "outside": [op.model_dump(mode="json") for op in Plan.of(outside).changes],
            "warnings": list(warnings),
            "budget_usd": "300.00",
            "cost": cost.model_dump(mode="json"),
            "causes": [each.model_dump(mode="json") for each in decision.causes(plan, needs or {})],
        },
    )


def page(*steps: dict[str, Any], limit: int | None = None, **told: Any) -> str:
    """The page of a plan."""
    return decision.page(FACTS, result(*steps, **told), FOUND, limit=limit)
