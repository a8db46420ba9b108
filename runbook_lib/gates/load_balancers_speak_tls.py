"""What the internet reaches in production is served by HTTPS alone; nowhere does a balancer open another port to it."""

from __future__ import annotations

from collections.abc import Sequence

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, none_is, resources

BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
CLASSIC = "aws:elb/loadBalancer:LoadBalancer"
SECURE = {"HTTPS", "TLS", "SSL"}
STREAMS, WEB_PORTS = {"TCP", "UDP", "TCP_UDP", "TLS"}, {"80", "443"}
REMEDY = "Set payments:certificateArn in stack/Pulumi.production.yaml to an ACM certificate of that account and region."


@gate(requirement=("L1",), title="In production the internet is served by HTTPS with a certificate of the account")
def load_balancers_speak_tls(plan: Plan, context: GateContext) -> Judgements:
    """A listener that only redirects to HTTPS may speak HTTP; so may one that the internet does not reach, and staging."""
    balancers = list(resources(plan, *BALANCERS))
    for op in resources(plan, *LISTENERS):
        internal = _internal(op, balancers)
        wrong = _wrong(op, context, open_=context.production and not internal)
        if not internal and op.inputs.get("protocol") in STREAMS and str(op.inputs.get("port")) not in WEB_PORTS:
            wrong = f"opens port {op.inputs.get('port')} to the internet: a network load balancer needs no security group"
        how = "is not reached from the internet" if internal else f"speaks {op.inputs.get('protocol')} in {context.environment}"
        yield judge(op.name, ok=not wrong, good=f"{op.name} {how}.", bad=f"{op.name} ({op.type}) {wrong}.", remedy=REMEDY)
    for op in resources(plan, CLASSIC):
        plain = [each for each in op.inputs.get("listeners", ()) if str(each.get("lbProtocol")).upper() not in SECURE]
        yield judge(
            op.name,
            ok=op.inputs.get("internal") is True or not plain or not context.production,
            good=f"{op.name} serves {context.environment} as it may.",
            bad=f"{op.name} ({op.type}) serves the internet without TLS.",
            remedy="Give its listeners a certificate, or put an application load balancer in its place.",
        )
    if not list(resources(plan, *LISTENERS, CLASSIC)):
        yield none_is(plan, "a listener")


def _internal(listener: Operation, balancers: Sequence[Operation]) -> bool:
    """Whether each load balancer that it may belong to is internal: that of its name, of its parent, or all of the plan."""
    arn = str(listener.inputs.get("loadBalancerArn", COMPUTED))
    named = [op for op in balancers if op.inputs.get("name") and f"/{op.inputs['name']}/" in arn]
    beside = [op for op in balancers if op.parent == listener.parent] if arn == COMPUTED else []
    its = named or beside or (balancers if arn == COMPUTED else [])
    return bool(its) and all(op.inputs.get("internal") is True for op in its)


def _wrong(listener: Operation, context: GateContext, *, open_: bool) -> str:
    protocol, inputs = str(listener.inputs.get("protocol", "HTTP")).upper(), listener.inputs
    if protocol not in SECURE:
        return f"serves the internet by {protocol}" if open_ and not _redirects(inputs.get("defaultActions")) else ""
    arn = str(inputs.get("certificateArn") or "")
    if not arn:
        return f"speaks {protocol} without a certificate"
    # ACM's certificates serve the account and the region that they are in.
    _, _, _, region, account, *_ = [*arn.split(":"), *[""] * 6]
    known = arn != COMPUTED and not context.rehearsal
    if known and (region, account) != (context.region, context.account):
        return f"has a certificate of account {account} in {region}, and the plan goes to {context.account} in {context.region}"
    return ""


def _redirects(actions: object) -> bool:
    """Whether every default action sends the caller to HTTPS."""
    listed = actions if isinstance(actions, list) else []
    there = [isinstance(each, dict) and (each.get("redirect") or {}).get("protocol") == "HTTPS" for each in listed]
    return bool(there) and all(there)
