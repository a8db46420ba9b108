"""Nothing but the load balancer and the API is given a public address, a public list or a way in without asking who comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runbook_lib.documented import values_at
from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, known_later, shown

OPEN: dict[str, tuple[Any, ...]] = {
    "publiclyAccessible": (True,), "isPubliclyAccessible": (True,), "publicConnectivity": (True,), "public": (True,),
    "assignPublicIp": (True,), "associatePublicIpAddress": (True,), "mapPublicIpOnLaunch": (True,), "createPublicIp": (True,),
    "endpointPublicAccess": (True,), "allowUnauthenticatedIdentities": (True,),
    "unauthenticated": (True,), "allowExternalPrincipals": (True,),
    "blockPublicAcls": (False,), "blockPublicPolicy": (False,), "ignorePublicAcls": (False,), "restrictPublicBuckets": (False,),
    "acl": ("public-read", "public-read-write", "authenticated-read"),
    "group": ("all",), "sharedAccounts": ("all",), "uri": ("http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"), "directInternetAccess": ("Enabled",),
}  # fmt: skip
"""Inputs, at any depth and of any type, with the values that open something to everybody."""
NAMING = frozenset({"group", "sharedAccounts", "uri"})
"""Those that elsewhere name what is made by the same plan: that they are not known yet says nothing."""
UNLESS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "aws:apprunner/service:Service": ("networkConfiguration.ingressConfiguration.isPubliclyAccessible", (False,)),
    "aws:eks/cluster:Cluster": ("vpcConfig.endpointPublicAccess", (False,)),
    "aws:elasticsearch/domain:Domain": ("vpcOptions.subnetIds", ()),
    "aws:opensearch/domain:Domain": ("vpcOptions.subnetIds", ()),
    "aws:sagemaker/notebookInstance:NotebookInstance": ("directInternetAccess", ("Disabled",)),
    "aws:transfer/server:Server": ("endpointType", ("VPC",)),
}
"""Types that are reached from the internet unless an input has one of these values, or any where none is named."""
# Types that are there to be public.
BY_NATURE = (
    "aws:s3/bucketWebsiteConfiguration:", "aws:s3/bucketWebsiteConfigurationV2:", "aws:ecrpublic/repository:",
    "aws:lightsail/instancePublicPorts:", "aws:lightsail/staticIpAttachment:",
)  # fmt: skip
METHOD, ROUTE = "aws:apigateway/method:Method", "aws:apigatewayv2/route:Route"

REMEDY = "Put it into private subnets, behind the load balancer or the API, or ask who comes."


@gate(requirement=("N3", "P1", "S1"), title="Nothing is made public, and no API is open to whoever comes")
def nothing_is_public(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """Whom a policy lets in, ``grants_are_narrow`` reads; from where, ``nothing_faces_internet``."""
    planned = list(shown(plan))
    for op in planned:
        wrong = [*_opened(op.inputs), *_of_its_type(op)]
        if wrong:
            bad = f"{op.name} ({op.type}) is open to everybody: {', '.join(sorted(set(wrong)))}."
            yield judge(op.name, ok=False, good="", bad=bad, remedy=REMEDY)
        elif later := [*_not_known(op.inputs), *_of_its_type_not_known(op)]:
            yield known_later(op, later)
    yield judge(
        f"{len(planned)} resources",
        ok=bool(planned),
        good=f"{len(planned)} resources were read for settings that open them to everybody.",
        bad="The plan holds no AWS resource.",
        remedy="Plan again; a plan without resources shows nothing.",
    )


def _opened(inputs: Any, path: str = "") -> Iterator[str]:
    for name, value in inputs.items() if isinstance(inputs, dict) else ():
        here = f"{path}.{name}" if path else name
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, dict) and each in OPEN.get(name, ()):
                yield f"{here} is {each}"
            yield from _opened(each, here)


def _not_known(inputs: Any, path: str = "") -> Iterator[str]:
    for name, value in inputs.items() if isinstance(inputs, dict) else ():
        here = f"{path}.{name}" if path else name
        for each in value if isinstance(value, list) else [value]:
            if each == COMPUTED and name in OPEN.keys() - NAMING:
                yield here
            yield from _not_known(each, here)


def _of_its_type_not_known(op: Operation) -> Iterator[str]:
    path, closed = UNLESS.get(op.type, ("", ()))
    if closed and COMPUTED in values_at(op.inputs, path.split(".")):
        yield path


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
