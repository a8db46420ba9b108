"""What is live and is charged by the hour or the GB, held against the stack's state. Pure; ``live_reading`` reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from runbook_lib.costs.estimator import estimate
from runbook_lib.costs.model import Kind, dollars
from runbook_lib.results import Finding, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from runbook_lib.costs.model import Estimate, PlannedResource

CHECK = "live_as_in_state"
WATCHED = {
    "aws:ec2/natGateway:NatGateway": "NAT gateway",
    "aws:ec2/eip:Eip": "public IPv4 address",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "VPC endpoint",
    "aws:rds/instance:Instance": "database",
    "aws:lb/loadBalancer:LoadBalancer": "load balancer",
}
"""The types that are read live, with what people call them: what costs most, and what is easily made by hand or left behind."""
SAME = dict.fromkeys(
    (
        "aws:alb/loadBalancer:LoadBalancer",
        "aws:applicationloadbalancing/loadBalancer:LoadBalancer",
        "aws:elasticloadbalancingv2/loadBalancer:LoadBalancer",
    ),
    "aws:lb/loadBalancer:LoadBalancer",
)
"""Older tokens of the same types."""
_REMEDY = "Delete it, or put it back as it was, or have the program ask for it and deploy again."


@dataclass(frozen=True)
class Live:
    """One thing that is live.

    Attributes:
        type: Pulumi's type token, a key of ``WATCHED``.
        name: What to call it.
        names: All that a state may know it by: ids and ARN.
        inputs: The properties that decide what it costs, as Pulumi calls them; what AWS does not tell is left out.
        ours: Whether it carries the stack's tags or is in its VPC.
    """

    type: str
    name: str
    names: frozenset[str]
    inputs: Mapping[str, Any]
    ours: bool


@dataclass(frozen=True)
class Standing:
    """A resource as the rules read it."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    urn: str = "live"
    op: str = "same"
    provider: str = ""


def judge(
    found: Mapping[str, Sequence[Live]],
    state: Mapping[str, PlannedResource],
    elsewhere: Iterable[str] = (),
    *,
    known: frozenset[str] = frozenset(),
    region: str,
    today: date,
) -> list[Finding]:
    """Whether nothing is live that costs and is not in the state, or that costs otherwise than the state says.

    Args:
        found: Per type of ``WATCHED`` what is live, whosever it is. A type that could not be read is left out here.
        state: The stack's resources in this region by their ids (and ARNs); one may be there under several.
        known: The ids and ARNs of everything in the state: RDS lists the members of clusters, which have types of their own.
        elsewhere: ARNs that carry the stack's tags and that its state knows nothing of.
        region: The stack's own.
        today: The day that is judged for.
    """
    price = partial(estimate, region=region, today=today)
    problems = []
    seen: set[str] = set()
    for live in (one for each in found.values() for one in each):
        names = sorted(live.names & state.keys())
        seen |= live.names
        if names:
            problems += _changed(live, state[names[0]], price)
        elif live.ours and not live.names & known:
            problems.append(_stranger(live, price([Standing(live.type, live.name, live.inputs)])))
    problems += [
        _finding(one.name, f"The {WATCHED[one.type]} {one.name} is in the state and priced, and nothing live is it.")
        for one in {each.urn: each for each in state.values()}.values()
        if one.type in found and not any(name in seen for name, each in state.items() if each.urn == one.urn)
    ]
    problems += [
        _finding(arn, f"{arn} carries the stack's tags and is not in its state; what it costs is not known.")
        for arn in elsewhere
        if not {arn, re.split(r"[:/]", arn)[-1]} & seen
    ]
    return problems or [_passed(found)]


def watched(type_: str) -> str:
    """The key of ``WATCHED`` that a type is, or would be."""
    return SAME.get(type_, type_)


def _changed(live: Live, known: PlannedResource, price: Callable[..., Estimate]) -> list[Finding]:
    """What AWS tells laid over what the state says: what AWS does not tell stays as it is known."""
    before = price([Standing(known.type, known.name, known.inputs)])
    after = price([Standing(known.type, known.name, {**known.inputs, **live.inputs})])
    charged = _charges(before)
    if charged == _charges(after):
        return []
    other = {name: value for name, value in sorted(live.inputs.items()) if value != known.inputs.get(name)}
    alone = [n for n in other if _charges(price([Standing(known.type, known.name, {**known.inputs, n: other[n]})])) != charged]
    differing = [f"{name} is {other[name]}, {known.inputs.get(name, 'not set')} in the state" for name in alone or other]
    what = f"The {WATCHED[live.type]} {live.name} is not as in the state ({'; '.join(differing)})"
    return [_finding(live.name, f"{what}: {_more(after, before.fixed)}.")]


def _stranger(live: Live, priced: Estimate) -> Finding:
    what = f"The {WATCHED[live.type]} {live.name} is live and not in the stack's state"
    return _finding(live.name, f"{what}: {_more(priced)}.")


def _more(after: Estimate, before: Decimal = Decimal(0)) -> str:
    """How much dearer, as far as it is known: where a price is missing, no difference is named that lacks it."""
    unknown = ", ".join(dict.fromkeys(each.what for each in after.unpriced if not each.used))
    if unknown:
        known = f"; what has a price is {dollars(after.fixed)} a month" if after.lines else ""
        return f"what it costs is not known ({unknown}){known}" + (f"; {dollars(before)} in the state" if before else "")
    delta = after.fixed - before
    return f"{dollars(abs(delta))} a month {'less' if delta < 0 else 'more'}"


def _charges(priced: Estimate) -> set[tuple[str, Any]]:
    lines = {(line.key, line.monthly) for line in priced.lines if line.kind is not Kind.USAGE}
    return lines | {(each.what, each.reason) for each in priced.unpriced}


def _passed(found: Mapping[str, Sequence[Live]]) -> Finding:
    counted = ", ".join(f"{len(each)} x {WATCHED[type_]}" for type_, each in found.items()) or "none"
    message = f"Nothing that costs is live beside the state, or otherwise than there; read in this account: {counted}."
    return Finding(check=CHECK, requirement=(), status=Status.PASS, resource="stack", message=message, remedy="")


def _finding(resource: str, message: str) -> Finding:
    return Finding(check=CHECK, requirement=(), status=Status.FAIL, resource=resource, message=message, remedy=_REMEDY)


def unread(what: str, error: Exception) -> Finding:
    """What to say of a kind that AWS does not tell."""
    message = f"Which {what} are live, AWS does not say: {error}"
    remedy = "Check the network, and the permissions of this step (docs/policies)."
    return Finding(check=CHECK, requirement=(), status=Status.UNKNOWN, resource=what, message=message, remedy=remedy)
